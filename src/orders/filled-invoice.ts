import { Fault, fault, warning } from '../domain/fault';
import { bestFacts, Fact, FactField, Journey, OtherDocument } from '../domain/invoice-facts';
import { DOCUMENT_NAMES } from '../domain/other-documents';
import { InvoiceRequest } from './invoice.api';
import { ProvenanceView } from './invoice-read.api';

/** An invoice as far as a file tells it, in the names of the API. */
export interface FilledInvoice {
  /** Where it is no invoice that a merchant issues. */
  document?: OtherDocument;
  journey?: Journey;
  invoice: Partial<InvoiceRequest>;
  /** By JSON pointer. */
  provenance: Record<string, ProvenanceView>;
  /** Where the file says two things; the surer one is in `invoice`. */
  doubts: Fault[];
  /** What an order needs and the file does not tell, or not surely enough. */
  lacks: Fault[];
}

interface Field {
  name: keyof InvoiceRequest;
  called: [zh: string, en: string];
  /** An order cannot do without it; `certain`: nor with a mere likelihood. */
  needed?: 'likely' | 'certain';
}

/** The facts that have a place in an order's invoice; the seller's name has none. */
const FIELDS: Partial<Record<FactField, Field>> = {
  kind: { name: 'kind', called: ['票种', 'kind'] },
  number: { name: 'number', called: ['发票号码', 'invoice number'], needed: 'certain' },
  code: { name: 'code', called: ['发票代码', 'invoice code'] },
  checkCode: { name: 'check_code', called: ['校验码', 'check code'] },
  issuedOn: { name: 'issued_at', called: ['开票日期', 'day of issue'], needed: 'likely' },
  title: { name: 'title', called: ['购买方名称', 'buyer’s name'], needed: 'likely' },
  buyerNumber: { name: 'buyer_number', called: ['购买方识别号', 'buyer’s taxpayer id'] },
  sellerNumber: { name: 'seller_number', called: ['销售方识别号', 'seller’s taxpayer id'] },
  fee: { name: 'fee', called: ['价税合计', 'gross amount'], needed: 'likely' },
  feeWithoutTax: { name: 'fee_without_tax', called: ['合计金额', 'net amount'], needed: 'likely' },
  tax: { name: 'tax', called: ['合计税额', 'tax'], needed: 'likely' },
  items: { name: 'items', called: ['商品明细', 'lines'] },
};

/** The surest fact for each field, and what is amiss with them. */
export function filledInvoice(facts: readonly Fact[]): FilledInvoice {
  const best = new Map(bestFacts(facts).map((fact) => [fact.field, fact]));
  const filled: FilledInvoice = { invoice: {}, provenance: {}, doubts: [], lacks: [] };
  const [document, journey] = [best.get('document')?.value, best.get('journey')?.value];
  if (document) {
    filled.document = document as OtherDocument;
    filled.doubts.push(noOrdinaryInvoice(filled.document));
  }
  if (journey) filled.journey = journey as Journey;
  for (const [key, field] of Object.entries(FIELDS) as [FactField, Field][]) {
    const fact = best.get(key);
    if (fact) {
      Object.assign(filled.invoice, { [field.name]: fact.value });
      filled.provenance[`/invoice/${field.name}`] = { source: fact.source, confidence: fact.confidence };
      const others = facts.filter((one) => one.field === key && one.confidence === 'certain' && differs(one, fact));
      if (others.length > 0) filled.doubts.push(twoThings(field, [fact, ...others]));
    }
    const enough = fact && (field.needed !== 'certain' || fact.confidence === 'certain');
    if (field.needed && !enough) filled.lacks.push(lacking(field, fact !== undefined));
  }
  return filled;
}

/** Lines differ where one place prints more digits of a price than another: that is no contradiction. */
function differs(one: Fact, other: Fact): boolean {
  return one.field !== 'items' && one.value !== other.value;
}

function noOrdinaryInvoice(document: OtherDocument): Fault {
  const [zh, en] = DOCUMENT_NAMES[document];
  return warning(
    'FILE-KIND-01',
    '/file',
    `文件是${zh}，不是商户开具的增值税发票。请确认是否选错了文件。`,
    `The file is ${en}, not a VAT invoice that a merchant issues. Check whether it is the right file.`,
  );
}

function twoThings({ name, called: [zh, en] }: Field, facts: Fact[]): Fault {
  const places = [...new Set(facts.map(({ source }) => source))].join(', ');
  return warning(
    'FILE-TWO-01',
    `/invoice/${name}`,
    `文件自身对${zh}的记载不一致（${places}）。请核对票面。`,
    `The file says two things of the ${en} (${places}). Check its face.`,
  );
}

function lacking({ name, called: [zh, en] }: Field, unsure: boolean): Fault {
  return fault(
    'FILE-LACKS-01',
    `/invoice/${name}`,
    unsure ? `文件中的${zh}不能确定。请自行填写 invoice。` : `文件中没有读到${zh}。请自行填写 invoice。`,
    unsure
      ? `The file does not tell the ${en} for certain. Write out invoice.`
      : `The file does not tell the ${en}. Write out invoice.`,
  );
}
