import { Invoice } from './invoice';

/** Addresses, phones, bank accounts and names of people: always sealed. */
const ALWAYS = [
  'buyerAddressAndPhone',
  'buyerBankAccount',
  'sellerAddressAndPhone',
  'sellerBankAccount',
  'remarks',
  'cashier',
  'maker',
] as const satisfies readonly (keyof Invoice)[];

/** Name and id are a company's business data, but a person's personal data. */
const OF_PEOPLE = ['title', 'buyerNumber'] as const satisfies readonly (keyof Invoice)[];

type PersonalField = (typeof ALWAYS)[number] | (typeof OF_PEOPLE)[number];

export type PersonalData = Partial<Pick<Invoice, PersonalField>>;
/** An invoice that may be stored in the clear. */
export type PublicInvoice = Omit<Invoice, PersonalField> & Partial<Pick<Invoice, PersonalField>>;

/** Separates what must be encrypted at rest (个人信息保护法 §28) from what may be stored in the clear. */
export function separate(invoice: Invoice): { open: PublicInvoice; personal: PersonalData | null } {
  const fields = invoice.buyerType === 'individual' ? [...OF_PEOPLE, ...ALWAYS] : ALWAYS;
  const open: PublicInvoice = { ...invoice };
  const personal: PersonalData = {};
  for (const field of fields) {
    if (open[field] === undefined) continue;
    personal[field] = open[field];
    delete open[field];
  }
  return { open, personal: Object.keys(personal).length > 0 ? personal : null };
}

export function unite(open: PublicInvoice, personal: PersonalData | null): Invoice {
  return { ...open, ...personal } as Invoice;
}
