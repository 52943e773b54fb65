import { Errcode } from '../../wechat/errcodes';
import { type Answer, empty, refused } from './answers';
import { isObject, text } from './call';

/** The body of insert, present and of the right types. */
export interface InsertDraft {
  order_id: string;
  card_id: string;
  appid: string;
  fee: number;
  fee_without_tax: number;
  tax: number;
  title: string;
  billing_time: number | string;
  billing_no: string;
  billing_code: string;
  /** Undefined when the key is absent, which differs from `""`. */
  check_code: string | undefined;
  s_pdf_media_id: string;
  s_trip_pdf_media_id: string;
  user_data: Record<string, unknown>;
}

/** Reads the body in the order of WeChat's page; the first thing missing is named in a 72031. */
export function readInsert(json: Record<string, unknown>): InsertDraft | Answer {
  for (const field of ['order_id', 'card_id', 'appid']) if (text(json[field]) === '') return empty(field);
  const ext = isObject(json['card_ext']) ? json['card_ext'] : undefined;
  if (!ext) return empty('card_ext');
  if (text(ext['nonce_str']) === '') return empty('nonce_str');
  const userCard = isObject(ext['user_card']) ? ext['user_card'] : {};
  const data = isObject(userCard['invoice_user_data']) ? userCard['invoice_user_data'] : {};
  return missing(data) ?? wrongType(data) ?? draft(json, data);
}

/** 数电票: a 20-digit number, no code. */
export function isDigital({ billing_no, billing_code }: InsertDraft): boolean {
  return billing_code === '' && /^\d{20}$/.test(billing_no);
}

const FILLED = ['fee', 'title', 'billing_time', 'billing_no'] as const;
const AMOUNTS = ['fee', 'fee_without_tax', 'tax'] as const;
const TEXTS = ['title', 'billing_no', 'billing_code', 's_pdf_media_id', 'check_code', 's_trip_pdf_media_id'] as const;

function missing(data: Record<string, unknown>): Answer | undefined {
  for (const field of FILLED)
    if (absent(data[field]) || data[field] === '') return empty(field.replace('billing_', 'billing '));
  if (absent(data['billing_code'])) return empty('billing code');
  for (const field of ['fee_without_tax', 'tax']) if (absent(data[field])) return empty(field);
  if (absent(data['s_pdf_media_id']) || data['s_pdf_media_id'] === '') return empty('s_pdf_media_id');
  return missingInLine(linesOf(data));
}

/** A line has a name and a price; unit and quantity may be left out. */
function missingInLine(lines: Record<string, unknown>[]): Answer | undefined {
  if (lines.some(({ name }) => absent(name) || name === '')) return empty('name');
  return lines.some(({ price }) => absent(price)) ? empty('price') : undefined;
}

function linesOf(data: Record<string, unknown>): Record<string, unknown>[] {
  return Array.isArray(data['info']) ? data['info'].filter(isObject) : [];
}

function isLine({ name, price, num, unit }: Record<string, unknown>): boolean {
  if (typeof name !== 'string' || !Number.isSafeInteger(price)) return false;
  return (absent(num) || typeof num === 'number') && (absent(unit) || typeof unit === 'string');
}

function wrongType(data: Record<string, unknown>): Answer | undefined {
  const info = data['info'];
  const fine =
    AMOUNTS.every((field) => Number.isSafeInteger(data[field])) &&
    TEXTS.every((field) => absent(data[field]) || typeof data[field] === 'string') &&
    ['number', 'string'].includes(typeof data['billing_time']) &&
    (absent(info) || (Array.isArray(info) && info.every((line) => isObject(line) && isLine(line))));
  return fine ? undefined : refused(Errcode.DataFormatError);
}

function draft(json: Record<string, unknown>, data: Record<string, unknown>): InsertDraft {
  const time = data['billing_time'] as number | string;
  return {
    order_id: text(json['order_id']),
    card_id: text(json['card_id']),
    appid: text(json['appid']),
    fee: data['fee'] as number,
    fee_without_tax: data['fee_without_tax'] as number,
    tax: data['tax'] as number,
    title: text(data['title']),
    billing_time: /^\d+$/.test(String(time)) ? Number(time) : time,
    billing_no: text(data['billing_no']),
    billing_code: text(data['billing_code']),
    check_code: absent(data['check_code']) ? undefined : text(data['check_code']),
    s_pdf_media_id: text(data['s_pdf_media_id']),
    s_trip_pdf_media_id: text(data['s_trip_pdf_media_id']),
    user_data: data,
  };
}

function absent(value: unknown): boolean {
  return value === undefined || value === null;
}
