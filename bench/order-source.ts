import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { renderInvoicePdf } from '../src/demo/invoice-pdf';
import { yuan } from '../src/demo/qr-payload';
import { invoiceFaceOf, SampleOrder, sampleOrder } from '../src/demo/sample-order';
import { toShanghai } from '../src/domain/shanghai';
import { kindOfFile, linesOf } from './corpus/corpus';
import { paperOf } from './corpus/paper';
import { padPdf, PdfTemplate, tinyPdf } from './sample-pdf';

export const APPID = 'wxbench000000000001';
export const CARD_ID = 'pBenchCard0000000000000000001';
const SIXTY_KIB = 60 * 1024;

/**
 * `sixty`: 60 KiB, one drawing for all; `tiny`: about 1 KB; `corpus`: each order's own drawing, of the kinds and in the
 * shares of real invoices, for checks that look at it.
 */
export type PdfKind = 'sixty' | 'tiny' | 'corpus';

export interface BenchOrder {
  order: SampleOrder;
  pdf: Buffer;
}

/** The orders of all runs: number n is the same order for every contender, and no two numbers share anything unique. */
export async function orderSource(kind: PdfKind, drawnCount: number): Promise<(n: number) => BenchOrder> {
  if (kind === 'corpus') {
    const drawn = await corpus(drawnCount);
    return (n) => {
      const { order, pdf } = drawn[n % drawnCount] as BenchOrder;
      return { order: { ...order, order_id: orderIdOf(n) }, pdf };
    };
  }
  const template = sample(1);
  const { number } = template.invoice;
  const bytes = kind === 'tiny' ? padPdf(tinyPdf(infoOf(template)), 1024) : await drawing(template);
  const pdf = new PdfTemplate(bytes, number);
  return (n) => {
    const own = number.slice(0, 5) + String(n).padStart(15, '0');
    return {
      order: { ...template, order_id: orderIdOf(n), invoice: { ...template.invoice, number: own } },
      pdf: pdf.of(own),
    };
  };
}

export function orderIdOf(n: number): string {
  return `bench${String(n).padStart(12, '0')}`;
}

function sample(seed: number): SampleOrder {
  const order = sampleOrder({ seed, issuedAt: midnight(), lines: 8, appid: APPID, cardId: CARD_ID });
  // About 2 KB of JSON, as orders with an address, an account and remarks have.
  const more = {
    seller_address_and_phone: '示例省示例市示例区示例路一百二十八号示例大厦十二层 021-55550100',
    seller_bank_account: '示例银行股份有限公司示例市示例支行营业部 1001234509200567890',
    remarks: '合同编号 HT-2026-00128，送货单 SH-2026-11-0421。'.repeat(7),
  };
  return { ...order, invoice: { ...order.invoice, ...more } };
}

/** Midnight and not now: processes of one bench, and drawings kept from an earlier one of the day, agree. */
function midnight(): Date {
  return new Date(`${toShanghai(new Date()).slice(0, 10)}T00:00:00+08:00`);
}

async function drawing(order: SampleOrder): Promise<Buffer> {
  return padPdf(await renderInvoicePdf({ ...invoiceFaceOf(order), remarks: '' }), SIXTY_KIB);
}

/** Drawing takes 40 ms each, so drawings are kept for the day. */
async function corpus(count: number): Promise<BenchOrder[]> {
  const directory = resolve('.data', 'bench', 'corpus');
  mkdirSync(directory, { recursive: true });
  const day = midnight();
  const all: BenchOrder[] = [];
  for (let seed = 1; seed <= count; seed += 1) {
    const kind = kindOfFile(seed, true);
    const { paper, order } = paperOf(kind.paper, seed, day, linesOf(seed));
    const file = join(directory, `${toShanghai(day).slice(0, 10)}-${seed}.pdf`);
    if (!existsSync(file)) writeFileSync(file, await kind.draw(paper, order));
    all.push({ order: { ...order, appid: APPID, card_id: CARD_ID }, pdf: readFileSync(file) });
  }
  return all;
}

function infoOf({ invoice }: SampleOrder): Record<string, string> {
  return {
    Title: invoice.number,
    InvoiceNumber: invoice.number,
    SellerIdNum: invoice.seller_number,
    IssueTime: invoice.issued_at.slice(0, 10),
    TotalAmWithoutTax: yuan(invoice.fee_without_tax),
    TotalTaxAm: yuan(invoice.tax),
    'TotalTax-includedAmount': yuan(invoice.fee),
  };
}
