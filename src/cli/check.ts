import { Fault, hasErrors } from '../domain/fault';
import { RULES_VERSION } from '../domain/rules/catalogue';
import { faultViews } from '../http/fault-views';
import { Command, texts } from './command';
import { EXIT } from './exit';
import { readBytes, readJson } from './files';

const MAX_PDF_BYTES = 5 * 1024 * 1024;

export const CHECK: Command = {
  name: 'check',
  args: '<invoice.json> [invoice.pdf]',
  about: [
    '离线校验发票（或整个订单），并与 PDF 核对，无需服务',
    'check an invoice, or a whole order, and hold it against its PDF, offline; no service is needed',
  ],
  options: {
    strict: {
      type: 'string',
      multiple: true,
      value: 'CODE',
      about: ['把此警告当作错误，可重复', 'take this warning for an error; may be repeated'],
    },
    relaxed: {
      type: 'string',
      multiple: true,
      value: 'CODE',
      about: ['把此可放宽的错误当作警告，可重复', 'take this relaxable error for a warning; may be repeated'],
    },
  },
  examples: [
    'piaoka check invoice.json',
    'piaoka check order.json invoice.pdf --strict INVOICE-TEXT-02',
    'piaoka check - --json < invoice.json | jq .faults',
  ],
  async run({ args: [file = '', pdfFile], values, out }) {
    const invoice = invoiceIn(readJson(file));
    const pdf = pdfFile === undefined ? {} : { pdf: readBytes(pdfFile).toString('base64') };
    const value = { invoice, ...pdf };
    // Only this command needs the shapes that Nest describes; loading them takes longer than all the rest.
    const { offlineCheck } = await import('./offline-check');
    const { check, reader } = await offlineCheck(MAX_PDF_BYTES);
    const faults = await check
      .check(
        { kind: 'json', value, length: 0 },
        { strict: texts(values, 'strict'), relaxed: texts(values, 'relaxed'), pdfCheck: null },
        Math.floor(Date.now() / 1000),
      )
      .finally(() => reader.close());
    const valid = !hasErrors(faults);
    out.result({ valid, rules_version: RULES_VERSION, faults: faultViews(faults) }, [
      ...faults.flatMap(faultLines),
      valid ? '✓ 可以提交 valid' : '✗ 不能提交 not valid',
    ]);
    return valid ? EXIT.ok : EXIT.no;
  },
};

/** An invoice by itself, or what holds one: an order, or the body of a check. */
function invoiceIn(value: unknown): unknown {
  const holder = value as { invoice?: unknown } | null;
  return typeof holder === 'object' && holder !== null && 'invoice' in holder ? holder.invoice : value;
}

function faultLines({ pointer, code, severity, message, messageEn }: Fault): string[] {
  return [`${severity === 'error' ? '✗' : '!'} ${pointer}  ${code}`, `    ${message}`, `    ${messageEn}`];
}
