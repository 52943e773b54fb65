import { Invoice, isDigital } from '../domain/invoice';
import { WireCardExt, WireInsert, WireInvoiceUserData, WireItem } from './wire';

export interface CardOrder {
  orderId: string;
  cardId: string;
  /** The appid under which the user authorised this order. */
  appid: string;
  invoice: Invoice;
  mediaId: string;
  tripMediaId: string | null;
}

/**
 * Body of insertinvoice, in the order of WeChat's page.
 * `billingFields` decides legacy invoices only: WeChat's insert page says billing_no = 号码 (`current`), its older pages
 * and most stored cards say billing_no = 代码 (`classic`). `nonce` is fresh for each attempt.
 */
export function insertBody(order: CardOrder, billingFields: 'current' | 'classic', nonce: string): WireInsert {
  return {
    order_id: order.orderId,
    card_id: order.cardId,
    appid: order.appid,
    card_ext: cardExt(order, billingFields, nonce),
  };
}

function cardExt(order: CardOrder, billingFields: 'current' | 'classic', nonce: string): WireCardExt {
  return { nonce_str: nonce, user_card: { invoice_user_data: userData(order, billingFields) } };
}

function userData({ invoice, mediaId, tripMediaId }: CardOrder, billingFields: string): WireInvoiceUserData {
  const classic = billingFields === 'classic' && !isDigital(invoice.kind);
  return withoutAbsent({
    fee: invoice.fee,
    title: invoice.title,
    billing_time: invoice.issuedAt,
    billing_no: classic ? invoice.code : invoice.number,
    // 数电票: sent as empty strings, never left out.
    billing_code: classic ? invoice.number : invoice.code,
    info: invoice.items.length > 0 ? invoice.items.map(wireItem) : undefined,
    fee_without_tax: invoice.feeWithoutTax,
    tax: invoice.tax,
    s_pdf_media_id: mediaId,
    s_trip_pdf_media_id: tripMediaId ?? undefined,
    check_code: invoice.checkCode,
    buyer_number: invoice.buyerNumber,
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

function wireItem({ name, num, unit, price }: Invoice['items'][number]): WireItem {
  return withoutAbsent({ name, num, unit, price });
}

function withoutAbsent<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
