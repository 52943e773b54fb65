import { Invoice } from '../../src/domain/invoice';
import { invoiceView } from '../../src/orders/invoice-view';
import { digital, legacy, personal } from '../rules/invoices';

const SAMPLES: [name: string, invoice: Invoice][] = [
  ['数电 sample', digital()],
  ['数电 sample of a person', personal()],
  ['legacy sample', legacy()],
];

/** What makes an example: its fields that differ from the nearest faultless invoice, in the names of the API. */
export function differenceOf(invoice: Invoice): string {
  const [nearest] = SAMPLES.map(([name, sample]) => ({ name, fields: changedFields(invoice, sample) })).sort(
    (a, b) => Object.keys(a.fields).length - Object.keys(b.fields).length,
  );
  const { name, fields } = nearest!;
  const shown = Object.entries(fields).map(([field, value]) => `\`"${field}": ${short(value)}\``);
  return shown.length > 0 ? shown.join(', ') : `the ${name} as it is`;
}

function changedFields(invoice: Invoice, sample: Invoice): Record<string, unknown> {
  const [here, there] = [shownFields(invoice), shownFields(sample)];
  const names = [...new Set([...Object.keys(here), ...Object.keys(there)])];
  const changed = names.filter((name) => JSON.stringify(here[name]) !== JSON.stringify(there[name]));
  return Object.fromEntries(changed.map((name) => [name, here[name] ?? '']));
}

function shownFields(invoice: Invoice): Record<string, unknown> {
  // NaN is written as null, which no caller could send: it stands for what is no number.
  const safe = Number.isFinite(invoice.issuedAt) ? invoice : { ...invoice, issuedAt: 0 };
  return { ...invoiceView(safe) };
}

/** Long texts are told by their length; what the eye does not see is escaped. */
function short(value: unknown): string {
  const cut = JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner === 'number' && !Number.isFinite(inner)) return String(inner);
    return typeof inner === 'string' && inner.length > 60 ? `${inner.slice(0, 12)}… (${[...inner].length} 字)` : inner;
  });
  return cut.replace(
    /[\p{Cf}\p{Cs}\u2028\u2029\u3000`|]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
