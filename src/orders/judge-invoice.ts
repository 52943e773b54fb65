import { checkInvoice } from '../domain/check-invoice';
import { Fault } from '../domain/fault';
import { BuyerType, Invoice, kindOf } from '../domain/invoice';
import { parseIssuedAt } from '../domain/issued-at';
import { InvoiceRequest } from './invoice.api';

/** What a merchant makes of the likely rules. */
export interface Strictness {
  strict: readonly string[];
  relaxed: readonly string[];
}

export interface Judged {
  /** With every default resolved; its `issuedAt` is NaN where the time could not be read. */
  invoice: Invoice;
  faults: Fault[];
}

/** Resolves the defaults of an invoice and applies every rule to it. `now` is Unix seconds. */
export function judgeInvoice(request: InvoiceRequest, { strict, relaxed }: Strictness, now: number): Judged {
  const issuedAt = parseIssuedAt(request.issued_at);
  const readable = typeof issuedAt === 'number';
  // A time that cannot be read is one fault; the rules that depend on it stay silent on NaN.
  const invoice = normalise(request, readable ? issuedAt : NaN);
  return { invoice, faults: [...(readable ? [] : [issuedAt]), ...checkInvoice(invoice, { now, strict, relaxed })] };
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

function withoutAbsent<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
