import { toShanghai } from '../domain/shanghai';
import type { FaceLine, InvoiceFace } from './invoice-face';
import type { DigitalKind } from './qr-payload';
import { BUYERS, SampleSeller, SELLERS } from './sample-companies';

/** An order as `POST /v1/orders` takes it, without the PDF. Money is integer 分. */
export interface SampleOrder {
  order_id: string;
  appid?: string;
  card_id?: string;
  invoice: SampleInvoice;
}

export interface SampleInvoice {
  kind: DigitalKind;
  number: string;
  code: '';
  check_code: '';
  /** RFC 3339, +08:00. */
  issued_at: string;
  title: string;
  buyer_type: 'enterprise' | 'individual';
  buyer_number?: string;
  fee: number;
  fee_without_tax: number;
  tax: number;
  items: SampleItem[];
  seller_number: string;
  remarks: string;
  maker?: string;
}

export interface SampleItem {
  name: string;
  unit: string;
  num: number;
  /** Price without tax of one unit, 分. */
  price: number;
}

export interface SampleOptions {
  /** When the invoice was issued; its year in China leads the invoice number. */
  issuedAt: Date;
  /** Chooses everything that is not given. 0 to 999,999,999; each seed has its own order id and invoice number. */
  seed?: number;
  orderId?: string;
  kind?: DigitalKind;
  /** An individual has the title 个人 and no number, and never a special invoice. */
  buyerType?: 'enterprise' | 'individual';
  /** How many lines the invoice has, 1 to 8. */
  lines?: number;
  appid?: string;
  cardId?: string;
}

/** 税率 and 征收率 in force, percent. */
const RATES = [0, 1, 1.5, 3, 5, 6, 9, 13];

/** A faultless 数电 order between invented companies: the same options give the same order, whenever they are asked. */
export function sampleOrder(options: SampleOptions): SampleOrder {
  const { seed = 1, kind = 'digital_ordinary', buyerType = 'enterprise', lines = 1 + (seed % 3) } = options;
  if (!Number.isInteger(seed) || seed < 0 || seed > 999_999_999) throw new RangeError(`not a seed: ${seed}`);
  if (!Number.isInteger(lines) || lines < 1 || lines > 8) throw new RangeError(`not 1 to 8 lines: ${lines}`);
  if (kind === 'digital_special' && buyerType === 'individual') {
    throw new RangeError('a special invoice has no individual buyer');
  }
  const draw = chance(seed);
  const seller = pick(SELLERS, draw);
  const issuedAt = toShanghai(new Date(Math.floor(options.issuedAt.getTime() / 1000) * 1000));
  const items = sampleItems(seller, lines, draw);
  return {
    order_id: options.orderId ?? `${issuedAt.slice(0, 10).replaceAll('-', '')}${String(seed).padStart(9, '0')}`,
    ...(options.appid && { appid: options.appid }),
    ...(options.cardId && { card_id: options.cardId }),
    invoice: {
      kind,
      number: invoiceNumber(issuedAt, seller, seed),
      code: '',
      check_code: '',
      issued_at: issuedAt,
      ...sampleBuyer(buyerType, draw),
      ...sampleTotals(items, seller.rate),
      items,
      seller_number: seller.taxId,
      remarks: '',
      maker: '示例开票员',
    },
  };
}

/** What the PDF of an order shows. The order names no seller and no rate: the name is that of the sample company. */
export function invoiceFaceOf({ invoice }: SampleOrder): InvoiceFace {
  const seller = SELLERS.find(({ taxId }) => taxId === invoice.seller_number);
  return {
    kind: invoice.kind,
    number: invoice.number,
    issuedOn: invoice.issued_at.slice(0, 10),
    buyer: { name: invoice.title, taxId: invoice.buyer_number },
    seller: { name: seller?.name ?? '样例销售方', taxId: invoice.seller_number },
    lines: faceLines(invoice),
    net: invoice.fee_without_tax,
    tax: invoice.tax,
    gross: invoice.fee,
    remarks: invoice.remarks,
    drawer: invoice.maker,
  };
}

function sampleItems(seller: SampleSeller, lines: number, draw: () => number): SampleItem[] {
  const first = draw();
  return Array.from({ length: lines }, (_, i) => {
    const { name, unit, price } = seller.goods[(first + i) % seller.goods.length]!;
    return { name, unit, num: 1 + (draw() % 9), price };
  });
}

function sampleBuyer(type: 'enterprise' | 'individual', draw: () => number) {
  if (type === 'individual') return { title: '个人', buyer_type: type };
  const buyer = pick(BUYERS, draw);
  return { title: buyer.name, buyer_type: type, buyer_number: buyer.taxId };
}

/** Tax is rounded on each line, as invoices do it, and then added. */
function sampleTotals(items: SampleItem[], rate: number) {
  const net = items.reduce((sum, { price, num }) => sum + price * num, 0);
  const tax = items.reduce((sum, { price, num }) => sum + Math.round((price * num * rate) / 100), 0);
  return { fee: net + tax, fee_without_tax: net, tax };
}

/**
 * 20 digits (国家税务总局公告2024年第11号): year of issue in China, area of the seller's tax bureau, issuing channel
 * (2, the platform's ordinary one), and a sequence that scatters the seeds without a collision, the factor being prime to 10.
 */
function invoiceNumber(issuedAt: string, seller: SampleSeller, seed: number): string {
  const sequence = (BigInt(seed) * 734_082_960_471n + 183_259_524n) % 10n ** 15n;
  return `${issuedAt.slice(2, 4)}${seller.area}2${sequence.toString().padStart(15, '0')}`;
}

/** The tax of the last line takes what the rounding of the others leaves, so that lines and total agree. */
function faceLines({ items, fee_without_tax: net, tax }: SampleInvoice): FaceLine[] {
  const rate = RATES.reduce((best, percent) => (miss(net, tax, percent) < miss(net, tax, best) ? percent : best), 0);
  let left = tax;
  return items.map(({ name, unit, num, price }, i) => {
    const share = i === items.length - 1 ? left : Math.round((price * num * rate) / 100);
    left -= share;
    return { name, unit, quantity: num, unitPrice: price, amount: price * num, rate: `${rate}%`, tax: share };
  });
}

function miss(net: number, tax: number, percent: number): number {
  return Math.abs((net * percent) / 100 - tax);
}

function pick<T>(choices: T[], draw: () => number): T {
  return choices[draw() % choices.length]!;
}

/** mulberry32: a repeatable stream of 32-bit numbers. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}
