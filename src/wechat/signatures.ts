import { createHash } from 'node:crypto';

/** wx.config: the page as the browser has it, without its fragment. Page: JS-SDK 使用权限签名算法. */
export function pageSignature(ticket: string, nonce: string, timestamp: number, url: string): string {
  return sha1(`jsapi_ticket=${ticket}&noncestr=${nonce}&timestamp=${timestamp}&url=${url}`);
}

/**
 * cardSign of chooseInvoice: the values, sorted by their bytes and joined. Page: 卡券签名 of chooseCard; `ticket` is the
 * account's wx_card ticket.
 */
export function invoiceCardSignature(ticket: string, appid: string, nonce: string, timestamp: number): string {
  const values = [ticket, appid, String(timestamp), nonce, 'INVOICE'];
  return sha1(values.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))).join(''));
}

function sha1(text: string): string {
  return createHash('sha1').update(text, 'utf8').digest('hex');
}
