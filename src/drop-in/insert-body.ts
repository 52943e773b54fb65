import { InvoiceRequest } from '../orders/invoice.api';
import { OrderData } from '../orders/orders.api';
import { numbersOf } from '../wechat/invoice-shape';
import { Fields, isAbsent, isFields, wholeOf } from './fields';

/** What an insert says, in our words; its files are still named by their media ids. */
export interface InsertOrder {
  order: OrderData;
  mediaId: string;
  tripMediaId: string | null;
}

const WANTED = ['fee', 'title', 'billing_time', 'billing_no', 'fee_without_tax', 'tax', 's_pdf_media_id'] as const;
const TEXTS = [
  'title',
  'check_code',
  'buyer_number',
  'buyer_address_and_phone',
  'buyer_bank_account',
  'seller_number',
  'seller_address_and_phone',
  'seller_bank_account',
  'remarks',
  'cashier',
  'maker',
] as const;

/**
 * Reads the body of insert as WeChat takes it: optional fields may be null, amounts and times digits in a string, and
 * billing_no and billing_code stand in either order. A missing field is answered by its name, the first in WeChat's order.
 */
export function readInsert(body: Fields): InsertOrder | { missing: string } {
  for (const field of ['order_id', 'card_id', 'appid']) if (isAbsent(body[field])) return { missing: field };
  const ext = body.card_ext;
  if (!isFields(ext)) return { missing: 'card_ext' };
  if (isAbsent(ext.nonce_str)) return { missing: 'nonce_str' };
  const data =
    isFields(ext.user_card) && isFields(ext.user_card.invoice_user_data) ? ext.user_card.invoice_user_data : {};
  const missing = WANTED.find((field) => isAbsent(data[field]));
  if (missing) return { missing };
  return {
    order: {
      order_id: text(body.order_id) as string,
      card_id: text(body.card_id),
      appid: text(body.appid),
      invoice: invoiceOf(data),
    },
    mediaId: String(text(data.s_pdf_media_id)),
    tripMediaId: isAbsent(data.s_trip_pdf_media_id) ? null : String(text(data.s_trip_pdf_media_id)),
  };
}

/** WeChat's name of the field that one of our pointers is about. */
export function wireFieldOf(pointer: string): string {
  const field = pointer.replace(/^\/invoice/, '').split('/')[1] ?? '';
  return WIRE_FIELDS[field] ?? field;
}

const WIRE_FIELDS: Record<string, string> = {
  number: 'billing_no',
  code: 'billing_code',
  issued_at: 'billing_time',
  items: 'info',
  pdf: 's_pdf_media_id',
  trip_pdf: 's_trip_pdf_media_id',
};

function invoiceOf(data: Fields): InvoiceRequest {
  const { number, code } = numbersOf(data.billing_no, data.billing_code, '');
  const texts = TEXTS.filter((field) => !isAbsent(data[field])).map((field) => [field, text(data[field])]);
  return {
    ...(Object.fromEntries(texts) as Partial<InvoiceRequest>),
    title: text(data.title) as string,
    number,
    code,
    issued_at: data.billing_time as number,
    fee: wholeOf(data.fee) as number,
    fee_without_tax: wholeOf(data.fee_without_tax) as number,
    tax: wholeOf(data.tax) as number,
    ...(Array.isArray(data.info) ? { items: data.info.map(itemOf) as InvoiceRequest['items'] } : {}),
  };
}

function itemOf(item: unknown): unknown {
  if (!isFields(item)) return item;
  const known = ['name', 'num', 'unit', 'price'].filter((field) => !isAbsent(item[field]));
  return Object.fromEntries(
    known.map((field) => [field, field === 'num' || field === 'price' ? wholeOf(item[field]) : text(item[field])]),
  );
}

/** An id sent as a number is its digits. */
function text(value: unknown): string | undefined {
  return typeof value === 'number' ? String(value) : (value as string | undefined);
}
