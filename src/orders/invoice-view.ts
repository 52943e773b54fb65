import { Invoice } from '../domain/invoice';
import { toShanghai } from '../domain/shanghai';
import { InvoiceView } from './invoice.api';

/** The invoice in the names of the API, every default resolved. */
export function invoiceView(invoice: Invoice): InvoiceView {
  return withoutAbsent({
    kind: invoice.kind,
    number: invoice.number,
    code: invoice.code,
    check_code: invoice.checkCode,
    issued_at: toShanghai(new Date(invoice.issuedAt * 1000)),
    title: invoice.title,
    buyer_type: invoice.buyerType,
    buyer_number: invoice.buyerNumber,
    fee: invoice.fee,
    fee_without_tax: invoice.feeWithoutTax,
    tax: invoice.tax,
    items: invoice.items,
    buyer_address_and_phone: invoice.buyerAddressAndPhone,
    buyer_bank_account: invoice.buyerBankAccount,
    seller_number: invoice.sellerNumber,
    seller_address_and_phone: invoice.sellerAddressAndPhone,
    seller_bank_account: invoice.sellerBankAccount,
    remarks: invoice.remarks,
    cashier: invoice.cashier,
    maker: invoice.maker,
  });
}

function withoutAbsent<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
