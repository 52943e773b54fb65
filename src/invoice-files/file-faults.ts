import { Fault, fault, warning } from '../domain/fault';

/**
 * Why a file could not be read, or not wholly. busy: no thread was there in time, which says nothing of the file · deadline,
 * memory, lost: its reading was given up, or ended its thread; the others are what the file is.
 */
export type Unreadable = 'broken' | 'blank' | 'encrypted' | 'not_an_invoice' | 'busy' | GivenUp;
export type GivenUp = 'deadline' | 'memory' | 'lost';

const WHY: Record<Unreadable, [zh: string, en: string]> = {
  broken: ['文件结构已损坏', 'its structure is broken'],
  blank: ['没有可读的文字和二维码', 'it holds neither text nor a QR code that can be read'],
  deadline: ['在时限内未能读完', 'it could not be read in time'],
  memory: ['读取它需要过多内存', 'reading it takes too much memory'],
  lost: ['读取线程因它中断', 'reading it ended its thread'],
  busy: ['读取队列已满', 'too many files are being read'],
  encrypted: ['文件已加密', 'it is encrypted'],
  not_an_invoice: ['没有找到发票的内容', 'nothing of an invoice was found in it'],
};

/** A file that cannot be read has not been compared: that is said, and is no agreement. */
export function unreadable(why: Unreadable): Fault {
  const [zh, en] = WHY[why];
  const message = `未能读出文件内容（${zh}），因此没有与订单核对。请确认版式文件是原始发票。`;
  const messageEn = `The file could not be read (${en}), so it was not compared with the order. Make sure that it is the invoice as issued.`;
  const empty = why === 'not_an_invoice' || why === 'blank';
  return empty
    ? warning('FILE-READ-02', '/pdf', message, messageEn)
    : warning('FILE-READ-01', '/pdf', message, messageEn);
}

export function bomb(): Fault {
  return fault(
    'PDF-SAFE-06',
    '/pdf',
    '文件解压后异常庞大，已停止读取。请使用原始发票文件。',
    'The file unpacks to an extraordinary size; reading was stopped. Use the invoice as issued.',
  );
}

export function overgrown(): Fault {
  return fault(
    'PDF-SAFE-07',
    '/pdf',
    '文件的对象异常之多，无法确认其中没有危险内容。请使用原始发票文件。',
    'The file has an extraordinary number of objects; that none is dangerous cannot be made sure. Use the invoice as issued.',
  );
}

export function otherInvoices(): Fault {
  return warning(
    'PDF-QR-02',
    '/pdf',
    '文件中有多张发票的二维码，只核对了第一张。',
    'The file holds QR codes of several invoices; only the first was compared.',
  );
}
