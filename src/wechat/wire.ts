/**
 * WeChat's published wire shapes for 电子发票 (开票平台 and 授权 pages of developers.weixin.qq.com), in WeChat's own
 * spelling. Amounts are integer 分, times 10-digit Unix seconds, ids strings.
 */

/** Every answer: HTTP 200 with errcode (absent or 0 on success) and errmsg. */
export interface WireAnswer {
  errcode?: number;
  errmsg?: string;
}

export interface WireItem {
  name: string;
  num?: number;
  unit?: string;
  price: number;
}

/** `card_ext.user_card.invoice_user_data` of insertinvoice, in the order of WeChat's page. */
export interface WireInvoiceUserData {
  fee: number;
  title: string;
  billing_time: number;
  billing_no: string;
  billing_code: string;
  info?: WireItem[];
  fee_without_tax: number;
  tax: number;
  s_pdf_media_id: string;
  s_trip_pdf_media_id?: string;
  check_code: string;
  buyer_number?: string;
  buyer_address_and_phone?: string;
  buyer_bank_account?: string;
  seller_number?: string;
  seller_address_and_phone?: string;
  seller_bank_account?: string;
  remarks?: string;
  cashier?: string;
  maker?: string;
}

export interface WireCardExt {
  nonce_str: string;
  user_card: { invoice_user_data: WireInvoiceUserData };
}

/** Body of POST /card/invoice/insert. */
export interface WireInsert {
  order_id: string;
  card_id: string;
  appid: string;
  card_ext: WireCardExt;
}

export interface WireInsertAnswer extends WireAnswer {
  code?: string;
  openid?: string;
  unionid?: string;
}

export interface WireSetpdfAnswer extends WireAnswer {
  s_media_id?: string;
}

/** Answer of GET /cgi-bin/token and POST /cgi-bin/stable_token; errcode is absent on success. */
export interface WireTokenAnswer extends WireAnswer {
  access_token?: string;
  expires_in?: number;
}

export const WIRE_PATHS = {
  token: '/cgi-bin/token',
  stableToken: '/cgi-bin/stable_token',
  quota: '/cgi-bin/openapi/quota/get',
  getticket: '/cgi-bin/ticket/getticket',
  seturl: '/card/invoice/seturl',
  createcard: '/card/invoice/platform/createcard',
  setpdf: '/card/invoice/platform/setpdf',
  getpdf: '/card/invoice/platform/getpdf',
  insert: '/card/invoice/insert',
  updatestatus: '/card/invoice/platform/updatestatus',
  getauthurl: '/card/invoice/getauthurl',
  getauthdata: '/card/invoice/getauthdata',
  rejectinsert: '/card/invoice/rejectinsert',
  setbizattr: '/card/invoice/setbizattr',
  getinvoiceinfo: '/card/invoice/reimburse/getinvoiceinfo',
  getinvoicebatch: '/card/invoice/reimburse/getinvoicebatch',
  updateinvoicestatus: '/card/invoice/reimburse/updateinvoicestatus',
  updatestatusbatch: '/card/invoice/reimburse/updatestatusbatch',
  getusertitleurl: '/card/invoice/biz/getusertitleurl',
  getselecttitleurl: '/card/invoice/biz/getselecttitleurl',
  scantitle: '/card/invoice/scantitle',
  decryptcode: '/card/code/decrypt',
  cardcode: '/card/code/get',
} as const;

export type ReimburseStatus =
  'INVOICE_REIMBURSE_INIT' | 'INVOICE_REIMBURSE_LOCK' | 'INVOICE_REIMBURSE_CLOSURE' | 'INVOICE_REIMBURSE_CANCEL';
