import { InvoiceNumbers, numbersOf } from '../wechat/invoice-shape';
import { ReimburseStatus } from '../wechat/wire';
import { SeenCard } from './shown-cards';

export type SeenItem = Omit<SeenCard, 'encryptCode'>;
type Fields = Record<string, unknown>;

const STATUSES: readonly string[] = [
  'INVOICE_REIMBURSE_INIT',
  'INVOICE_REIMBURSE_LOCK',
  'INVOICE_REIMBURSE_CLOSURE',
  'INVOICE_REIMBURSE_CANCEL',
] satisfies ReimburseStatus[];

/** One invoice of WeChat's answer, read leniently: documented fields may be missing, undocumented ones are there. */
export function seenItem(item: Fields): SeenItem {
  const info = userInfoOf(item);
  // WeChat's own sample has this key with a blank before it.
  const status = text(info.reimburse_status ?? info[' reimburse_status']).trim();
  return {
    cardId: text(item.card_id),
    orderId: text(info.order_id),
    numbers: numbersIn(item),
    status: STATUSES.includes(status) ? (status as ReimburseStatus) : null,
  };
}

/** number, code and kind, decided by the digits. */
export function numbersIn(item: Fields): InvoiceNumbers {
  const info = userInfoOf(item);
  return numbersOf(info.billing_no, info.billing_code, item.type);
}

export function itemsOf(body: Fields): Fields[] {
  return Array.isArray(body.item_list) ? body.item_list.filter(isFields) : [];
}

/** The link to the PDF, or to its attachment. */
export function linkOf(item: Fields, part: 'pdf' | 'trip_pdf'): string {
  const info = userInfoOf(item);
  // WeChat's pages spell the second one both ways.
  return part === 'pdf' ? text(info.pdf_url) : text(info.trip_pdf_url ?? info.trip_pdf_ur);
}

function userInfoOf(item: Fields): Fields {
  return isFields(item.user_info) ? item.user_info : {};
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}
