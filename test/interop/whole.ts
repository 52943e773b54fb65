import { deepStrictEqual, match, strictEqual } from 'node:assert';
import { KEY } from '../support/world';
import { tinyPdf } from '../support/orders';
import { CARD_ID } from '../sandbox/wechat-caller';
import { APPID, Check, InteropWorld } from './check';
import { CLIENTS, Client, invoice, Said } from './uploads';

const OK = { errcode: 0, errmsg: 'ok' };

/** Every call that such a program makes around invoices, through its own client, in the order in which it would make them. */
async function wholeProgram(world: InteropWorld, client: Client): Promise<void> {
  const ask = (path: string, body: object) => client.ask(`/card/invoice/${path}`, body);
  const attribute = (action: string, body: object) => client.ask(`/card/invoice/setbizattr`, body, { action });
  const contact = { phone: '88888888', time_out: 7200 };
  deepStrictEqual(await attribute('set_contact', { contact }), OK);
  deepStrictEqual((await attribute('get_contact', {})).contact, contact);
  const invoice_info = {
    payee: 'interop',
    type: '数电发票',
    base_info: { title: 't', logo_url: 'https://a.example/b' },
  };
  match(String((await ask('platform/createcard', { invoice_info })).card_id), /^p/);
  const s_pappid = new URL(String((await ask('seturl', {})).invoice_url)).searchParams.get('s_pappid');

  const media = await client.upload(tinyPdf(`whole ${Math.random()}`));
  match(String((await ask('platform/getpdf', { action: 'get_url', ...media })).pdf_url), /^http/);
  const body = invoice(media.s_media_id);
  const { order_id } = body;
  const page = { source: 'web', redirect_url: 'https://shop.example/', type: 0, timestamp: 1_474_875_876 };
  const ticket = await client.ticket();
  match(String((await ask('getauthurl', { s_pappid, order_id, money: 10_600, ticket, ...page })).auth_url), /^http/);
  await world.wechat.control('POST', '/authorizations', { order_id, appid: APPID });
  strictEqual((await ask('getauthdata', { s_pappid, order_id })).invoice_status, 'auth success');
  const { code } = await ask('insert', body);

  const { encrypt_code } = await world.wechat.control('GET', `/cards/${code as string}/encrypt-code`);
  const shown = { card_id: CARD_ID, encrypt_code: encrypt_code as string };
  strictEqual((await client.ask('/card/code/decrypt', { encrypt_code })).code, code);
  const { openid } = await ask('reimburse/getinvoiceinfo', shown);
  strictEqual(((await ask('reimburse/getinvoicebatch', { item_list: [shown] })).item_list as Said[]).length, 1);
  const status = (word: string) => ({ reimburse_status: `INVOICE_REIMBURSE_${word}` });
  deepStrictEqual(await ask('reimburse/updateinvoicestatus', { ...shown, ...status('LOCK') }), OK);
  const batch = { openid, invoice_list: [shown], ...status('INIT') };
  deepStrictEqual(await ask('reimburse/updatestatusbatch', batch), OK);
  deepStrictEqual(await ask('platform/updatestatus', { card_id: CARD_ID, code, ...status('CANCEL') }), OK);

  const rejected = `${order_id}-rejected`;
  await ask('getauthurl', { s_pappid, order_id: rejected, money: 1, ticket, ...page });
  deepStrictEqual(await ask('rejectinsert', { s_pappid, order_id: rejected, reason: '重复开票' }), OK);
  match(String((await ask('biz/getusertitleurl', { user_fill: 1 })).url), /^http/);
  match(String((await ask('biz/getselecttitleurl', { attach: 'a', biz_name: 'b' })).url), /^http/);
  strictEqual((await ask('scantitle', { scan_text: 'https://a.example/?invoice_key=b' })).title_type, 0);
}

export const wholeChecks = Object.entries(CLIENTS).map(([peer, clientOf]): Check => ({
  peer,
  what: 'makes every call around invoices on our drop-in: account, authorisation, card, reimbursement, titles',
  work: (world) => wholeProgram(world, clientOf(world, world.serviceUrl, KEY)),
}));
