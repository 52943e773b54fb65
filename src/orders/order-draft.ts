import { createHash } from 'node:crypto';
import { Checked, checkedWith } from '../domain/check-invoice';
import { Fault, fault } from '../domain/fault';
import { Invoice } from '../domain/invoice';
import { PdfCheck } from '../domain/pdf-verdict';
import { checkPdf } from '../invoice-files/pdf-shape';
import { MerchantTerms } from '../merchants/merchants';
import { checkOrderPdf } from './order-pdf';
import { judgeInvoice } from './judge-invoice';
import { OrderData } from './orders.api';

/** The PDFs of an order as bytes, however they came. */
export interface OrderFiles {
  pdf: Buffer;
  tripPdf: Buffer | null;
}

/** An order with every default resolved, ready to be stored. */
export interface OrderDraft {
  merchantId: string;
  issuerAppid: string;
  appid: string;
  orderId: string;
  cardId: string;
  /** The request says which; else it is the merchant's default of the day. */
  cardNamed: boolean;
  invoice: Invoice;
  /** order_id of the order whose place it takes. */
  replaces: string | null;
  /** Its uuid, once it has been looked up. */
  replacesId: string | null;
  /** The first order of this sale, likewise; null: this one. */
  saleId: string | null;
  files: OrderFiles;
  pdfSha256: Buffer;
  tripPdfSha256: Buffer | null;
  /** Of the normalised order and its PDFs: equal content is a repeat, other content a conflict. */
  contentSha256: Buffer;
  /** The verdict it keeps once it is accepted. */
  checked: Checked;
}

/** An order and its faults. `draft` is null where an order cannot even be named: without a card_id or a time. */
export interface Drafted {
  draft: OrderDraft | null;
  faults: Fault[];
}

/** Resolves defaults and applies every rule, as strict as the merchant wants it. `now` is Unix seconds. */
export function draftOrder(
  request: OrderData,
  files: OrderFiles,
  caller: MerchantTerms,
  limits: { maxPdfBytes: number; pdfCheck: PdfCheck },
  now: number,
): Drafted {
  const cardId = request.card_id ?? caller.cardId;
  const { invoice, faults: ofInvoice } = judgeInvoice(request.invoice, caller, now);
  const faults = [
    ...(cardId ? [] : [missingCardId()]),
    ...ofInvoice,
    ...checkOrderPdf(files.pdf, invoice, limits.maxPdfBytes, caller.pdfCheck ?? limits.pdfCheck, caller.strict),
    ...(files.tripPdf ? checkPdf(files.tripPdf, '/trip_pdf', limits.maxPdfBytes) : []),
  ];
  if (!cardId || Number.isNaN(invoice.issuedAt)) return { draft: null, faults };

  const identity = {
    merchantId: caller.merchantId,
    issuerAppid: caller.issuerAppid,
    appid: request.appid ?? caller.appid,
    orderId: request.order_id,
    cardId,
    cardNamed: request.card_id !== undefined,
    invoice,
    replaces: request.replaces ?? null,
    replacesId: null,
    saleId: null,
  };
  const pdfSha256 = sha256(files.pdf);
  const tripPdfSha256 = files.tripPdf && sha256(files.tripPdf);
  const contentSha256 = contentOf(identity, pdfSha256, tripPdfSha256);
  return {
    draft: { ...identity, files, pdfSha256, tripPdfSha256, contentSha256, checked: checkedWith(faults) },
    faults,
  };
}

/** Whether these are the files of a stored order. */
export function sameFiles(
  stored: { pdf_sha256: Buffer; trip_pdf_sha256: Buffer | null },
  { pdf, tripPdf }: OrderFiles,
): boolean {
  if (!stored.pdf_sha256.equals(sha256(pdf))) return false;
  return stored.trip_pdf_sha256 === null || tripPdf === null
    ? stored.trip_pdf_sha256 === tripPdf
    : stored.trip_pdf_sha256.equals(sha256(tripPdf));
}

function contentOf(
  order: Pick<OrderDraft, 'appid' | 'orderId' | 'cardId' | 'invoice' | 'replaces'>,
  pdfSha256: Buffer,
  tripPdfSha256: Buffer | null,
): Buffer {
  const { appid, orderId, cardId, invoice, replaces } = order;
  const content = [appid, orderId, cardId, invoice, hex(pdfSha256), tripPdfSha256 && hex(tripPdfSha256)];
  return sha256(Buffer.from(JSON.stringify(replaces === null ? content : [...content, replaces])));
}

export function missingCardId(): Fault {
  return fault(
    'ORDER-CARD-01',
    '/card_id',
    '订单没有 card_id，商户也没有默认模板。请填写 card_id。',
    'The order has no card_id and the merchant has no default. Give card_id.',
  );
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}

function hex(bytes: Buffer): string {
  return bytes.toString('hex');
}
