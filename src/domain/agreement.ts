import { Fault, fault, warning } from './fault';
import { Invoice } from './invoice';
import { Fact, FactField, FactSource, FactValues } from './invoice-facts';
import { otherDocument } from './other-documents';
import { shanghaiDay } from './shanghai';
import { yuanOf } from './yuan';
import { unitOf } from './yuan-for-fen';

/** Where a fact stands, in the words of a message. */
const PLACES: Record<FactSource, [zh: string, en: string]> = {
  info: ['文档属性', 'document properties'],
  qr: ['二维码', 'QR code'],
  text: ['票面文字', 'printed text'],
  capitals: ['大写金额', 'amount in capitals'],
  ofd: ['OFD 数据', 'OFD data'],
  xml: ['XML 数据', 'XML data'],
};

interface Comparison<F extends FactField> {
  field: F;
  pointer: string;
  name: [zh: string, en: string];
  /** The order's value; undefined: the order says nothing, so nothing can differ. */
  of: (invoice: Invoice) => FactValues[F] | undefined;
  /** What is compared, where spelling does not matter. */
  same?: (value: FactValues[F]) => unknown;
  shown?: (value: FactValues[F]) => string;
  /** Whether the values may be quoted. */
  personal?: (invoice: Invoice) => boolean;
  /** What may have happened, where the two values tell. */
  cause?: (file: FactValues[F], order: FactValues[F]) => [zh: string, en: string] | null;
  /** A difference that no cause to refuse is made of. */
  doubtful?: true;
}

const ofPerson = ({ buyerType }: Invoice) => buyerType === 'individual' || buyerType === 'sole_trader';
const money = {
  shown: (fen: number) => `${yuanOf(fen)} 元`,
  cause: (file: number, order: number) => unitOf(order, file),
};

const COMPARISONS = [
  comparison('PDF-NUMBER-01', {
    ...{ field: 'number', pointer: '/invoice/number', name: ['发票号码', 'invoice number'] },
    of: ({ number }) => number,
  }),
  comparison('PDF-CODE-01', {
    ...{ field: 'code', pointer: '/invoice/code', name: ['发票代码', 'invoice code'] },
    of: ({ code }) => code,
  }),
  comparison('PDF-CHECK-01', {
    ...{ field: 'checkCode', pointer: '/invoice/check_code', name: ['校验码', 'check code'] },
    of: ({ checkCode }) => checkCode || undefined,
  }),
  comparison('PDF-DATE-01', {
    ...{ field: 'issuedOn', pointer: '/invoice/issued_at', name: ['开票日期', 'day of issue'] },
    of: ({ issuedAt }) => (Number.isFinite(issuedAt) ? shanghaiDay(issuedAt) : undefined),
  }),
  comparison('PDF-TITLE-01', {
    ...{ field: 'title', pointer: '/invoice/title', name: ['购买方名称', 'buyer’s name'] },
    of: ({ title }) => title,
    same: spelling,
    personal: ofPerson,
    doubtful: true,
  }),
  comparison('PDF-BUYER-01', {
    ...{ field: 'buyerNumber', pointer: '/invoice/buyer_number' },
    name: ['购买方识别号', 'buyer’s taxpayer id'],
    of: ({ buyerNumber }) => buyerNumber,
    personal: ofPerson,
  }),
  comparison('PDF-SELLER-01', {
    ...{ field: 'sellerNumber', pointer: '/invoice/seller_number' },
    name: ['销售方识别号', 'seller’s taxpayer id'],
    of: ({ sellerNumber }) => sellerNumber,
    // A sole trader's id may be a person's, and nothing says who the seller is.
    personal: ({ sellerNumber = '' }) => /^\d{15,18}X?$/.test(sellerNumber) && !sellerNumber.startsWith('91'),
  }),
  comparison('PDF-NET-01', {
    ...{ field: 'feeWithoutTax', pointer: '/invoice/fee_without_tax' },
    name: ['合计金额', 'net amount'],
    of: ({ feeWithoutTax }) => feeWithoutTax,
    ...money,
  }),
  comparison('PDF-TAX-01', {
    ...{ field: 'tax', pointer: '/invoice/tax', name: ['合计税额', 'tax'] },
    of: ({ tax }) => tax,
    ...money,
  }),
  comparison('PDF-FEE-01', {
    ...{ field: 'fee', pointer: '/invoice/fee', name: ['价税合计', 'gross amount'] },
    of: ({ fee }) => fee,
    ...money,
  }),
];

/**
 * What the file says against what the order says. Differing certain facts are errors, each naming both values and where
 * they stand; likely ones are warnings. Silence is no agreement: what the file does not say is not judged here.
 */
export function agree(facts: readonly Fact[], invoice: Invoice): Fault[] {
  return [...otherDocument(facts), ...COMPARISONS.flatMap((compare) => compare(facts, invoice))];
}

function comparison<F extends FactField>(code: string, given: Comparison<F>) {
  return (facts: readonly Fact[], invoice: Invoice): Fault[] => {
    const ordered = given.of(invoice);
    if (ordered === undefined) return [];
    const same = given.same ?? ((value: FactValues[F]) => value);
    const differing = facts.filter(
      (fact) => fact.field === given.field && same(fact.value as FactValues[F]) !== same(ordered),
    );
    const certain = differing.filter(({ confidence }) => confidence === 'certain');
    const told = certain.length > 0 ? certain : differing;
    if (told.length === 0) return [];
    const severe = certain.length > 0 && !given.doubtful;
    return [difference(code, given, told, ordered, invoice, severe)];
  };
}

function difference<F extends FactField>(
  code: string,
  { pointer, name, shown = String, personal, cause }: Comparison<F>,
  told: Fact[],
  ordered: FactValues[F],
  invoice: Invoice,
  severe: boolean,
): Fault {
  const hide = personal?.(invoice) ?? false;
  const value = (of: FactValues[F]) => (hide ? '***' : JSON.stringify(shown(of)));
  const places = told.map(({ source, value: of }) => [PLACES[source], value(of as FactValues[F])] as const);
  const causes = told.map(({ value: of }) => cause?.(of as FactValues[F], ordered));
  const [zh, en] = causes.find((found) => found !== null && found !== undefined) ?? [
    '请改正其一',
    'Correct one of them',
  ];
  return (severe ? fault : warning)(
    code,
    pointer,
    `文件与订单的${name[0]}不一致：${places.map(([[zh], v]) => `${zh}为 ${v}`).join('，')}；订单为 ${value(ordered)}。${zh}。`,
    `File and order differ in the ${name[1]}: ${places.map(([[, en], v]) => `${en} ${v}`).join(', ')}; order ${value(ordered)}. ${en}.`,
  );
}

/**
 * Names are the same however wide their brackets are, whichever of the dots and dashes stands between their parts, wherever
 * a line broke, and with or without the 个人 that faces put behind a person's.
 */
function spelling(name: string): string {
  return name
    .normalize('NFKC')
    .replace(/\s/g, '')
    .replace(/[·•・∙‧．]/g, '.')
    .replace(/[–—−‐-]/g, '-')
    .replace(/(?<=.)\(个人\)$/, '')
    .toUpperCase();
}
