/** 票种 an order may carry. Paper, red-letter and fiscal receipts have other ways (see the rules). */
export const INVOICE_KINDS = [
  'digital_ordinary',
  'digital_special',
  'vat_ordinary',
  'vat_special',
  'toll',
  'blockchain',
] as const;
export type InvoiceKind = (typeof INVOICE_KINDS)[number];

/** Who bought: decides whether a taxpayer id is required (国家税务总局公告2017年第16号). */
export const BUYER_TYPES = [
  'enterprise',
  'individual',
  'sole_trader',
  'government',
  'institution',
  'association',
] as const;
export type BuyerType = (typeof BUYER_TYPES)[number];

/** One line of the invoice. `price` is 分 per unit, tax exclusive or inclusive, but one basis for all lines. */
export interface InvoiceItem {
  name: string;
  unit?: string;
  num?: number;
  price: number;
}

/**
 * An invoice with every default resolved. Money is integer 分; numbers and codes are strings, because 20 digits do not
 * fit a double; `issuedAt` is Unix seconds.
 */
export interface Invoice {
  kind: InvoiceKind;
  /** 发票号码: 20 digits on a 数电票, 8 on a legacy invoice. */
  number: string;
  /** 发票代码: empty on a 数电票, 10 or 12 digits on a legacy invoice. */
  code: string;
  /** 校验码: empty on a 数电票. */
  checkCode: string;
  issuedAt: number;
  title: string;
  buyerType: BuyerType;
  /** 价税合计 */
  fee: number;
  /** 合计金额 */
  feeWithoutTax: number;
  /** 合计税额 */
  tax: number;
  items: InvoiceItem[];
  buyerNumber?: string;
  buyerAddressAndPhone?: string;
  buyerBankAccount?: string;
  sellerNumber?: string;
  sellerAddressAndPhone?: string;
  sellerBankAccount?: string;
  remarks?: string;
  cashier?: string;
  maker?: string;
}

export function isDigital(kind: InvoiceKind): boolean {
  return kind === 'digital_ordinary' || kind === 'digital_special';
}

/** Four electronic invoices of the pilot before 公告2015年第84号 that break the code's structure. */
export const PILOT_CODES = ['144031539110', '131001570151', '133011501118', '111001571071'];

/**
 * The kind that the numbers tell, when the caller names none. A 数电 number does not say whether it is 普票 or 专票; the
 * card is the same, so ordinary is taken.
 */
export function kindOf(number: string, code: string): InvoiceKind {
  if (code === '') return 'digital_ordinary';
  if (PILOT_CODES.includes(code)) return 'vat_ordinary';
  if (isBlockchainCode(code)) return 'blockchain';
  if (code.endsWith('13')) return 'vat_special';
  if (code.endsWith('12')) return 'toll';
  return number.length === 20 ? 'digital_ordinary' : 'vat_ordinary';
}

/** Shenzhen's and Yunnan's 区块链 codes: 1, region, year, industry 0, kind 9. */
export function isBlockchainCode(code: string): boolean {
  return /^1[0-9]{6}09[0-9]{2}0$/.test(code);
}
