import { createHash } from 'node:crypto';
import { checkInvoice } from '../domain/check-invoice';
import { Fault, fault } from '../domain/fault';
import { BuyerType, Invoice, kindOf } from '../domain/invoice';
import { parseIssuedAt } from '../domain/issued-at';
import { checkPdf } from '../invoice-files/pdf-shape';
import { Caller } from '../merchants/merchants';
import { InvoiceRequest } from './invoice.api';
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
  invoice: Invoice;
  files: OrderFiles;
  pdfSha256: Buffer;
  tripPdfSha256: Buffer | null;
  /** Of the normalised order and its PDFs: equal content is a repeat, other content a conflict. */
  contentSha256: Buffer;
}

export type Drafted = { draft: OrderDraft; warnings: Fault[] } | { draft: null; faults: Fault[] };

/** Resolves defaults and applies every rule. `now` is Unix seconds. */
export function draftOrder(
  request: OrderData,
  files: OrderFiles,
  caller: Caller,
  limits: { maxPdfBytes: number },
  now: number,
): Drafted {
  const faults: Fault[] = [];
  const cardId = request.card_id ?? caller.cardId;
  if (!cardId) faults.push(missingCardId());
  const issuedAt = parseIssuedAt(request.invoice.issued_at);
  if (typeof issuedAt !== 'number') faults.push(issuedAt);
  // A time that cannot be read is one fault; the rules that depend on it stay silent on NaN.
  const invoice = normalise(request.invoice, typeof issuedAt === 'number' ? issuedAt : NaN);
  faults.push(...checkInvoice(invoice, now));
  faults.push(...checkPdf(files.pdf, '/pdf', limits.maxPdfBytes));
  if (files.tripPdf) faults.push(...checkPdf(files.tripPdf, '/trip_pdf', limits.maxPdfBytes));
  if (!cardId || faults.some(({ severity }) => severity === 'error')) return { draft: null, faults };

  const identity = {
    merchantId: caller.merchantId,
    issuerAppid: caller.issuerAppid,
    appid: request.appid ?? caller.appid,
    orderId: request.order_id,
    cardId,
    invoice,
  };
  const pdfSha256 = sha256(files.pdf);
  const tripPdfSha256 = files.tripPdf && sha256(files.tripPdf);
  return {
    draft: {
      ...identity,
      files,
      pdfSha256,
      tripPdfSha256,
      contentSha256: contentOf(identity, pdfSha256, tripPdfSha256),
    },
    warnings: faults,
  };
}

function normalise(request: InvoiceRequest, issuedAt: number): Invoice {
  const code = request.code ?? '';
  const buyerNumber = request.buyer_number || undefined;
  return withoutAbsent({
    kind: request.kind ?? kindOf(request.number, code),
    number: request.number,
    code,
    // The check code is printed in groups of four or five; the blanks are not part of it.
    checkCode: (request.check_code ?? '').replaceAll(' ', ''),
    issuedAt,
    title: request.title,
    buyerType: request.buyer_type ?? ((buyerNumber ? 'enterprise' : 'individual') as BuyerType),
    fee: request.fee,
    feeWithoutTax: request.fee_without_tax,
    tax: request.tax,
    items: (request.items ?? []).map(({ name, unit, num, price }) =>
      withoutAbsent({ name, unit: unit || undefined, num, price }),
    ),
    buyerNumber,
    buyerAddressAndPhone: request.buyer_address_and_phone || undefined,
    buyerBankAccount: request.buyer_bank_account || undefined,
    sellerNumber: request.seller_number || undefined,
    sellerAddressAndPhone: request.seller_address_and_phone || undefined,
    sellerBankAccount: request.seller_bank_account || undefined,
    remarks: request.remarks || undefined,
    cashier: request.cashier || undefined,
    maker: request.maker || undefined,
  });
}

function contentOf(
  { appid, orderId, cardId, invoice }: { appid: string; orderId: string; cardId: string; invoice: Invoice },
  pdfSha256: Buffer,
  tripPdfSha256: Buffer | null,
): Buffer {
  const text = JSON.stringify([appid, orderId, cardId, invoice, hex(pdfSha256), tripPdfSha256 && hex(tripPdfSha256)]);
  return sha256(Buffer.from(text));
}

function missingCardId(): Fault {
  return fault(
    'ORDER-CARD-01',
    '/card_id',
    '订单没有 card_id，商户也没有默认模板。请填写 card_id。',
    'The order has no card_id and the merchant has no default. Give card_id.',
  );
}

function withoutAbsent<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}

function hex(bytes: Buffer): string {
  return bytes.toString('hex');
}
