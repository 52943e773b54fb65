import { basename } from 'node:path';
import { FormData } from 'undici';
import { ReadView } from '../orders/invoice-read.api';
import { Command } from './command';
import { EXIT } from './exit';
import { readBytes } from './files';

export const READ: Command = {
  name: 'read',
  args: '<file>',
  about: [
    '由服务读取 PDF、OFD 或 XML，得到填好的发票 JSON',
    'let the service read a PDF, OFD or XML into a filled-in invoice',
  ],
  options: {},
  examples: [
    'piaoka read invoice.ofd --json | jq .provenance',
    'piaoka read invoice.pdf > invoice.json && piaoka check invoice.json invoice.pdf',
  ],
  async run({ args: [file = ''], out, service }) {
    const form = new FormData();
    form.set('file', new Blob([readBytes(file)]), basename(file));
    const { data } = await service.call<ReadView>('POST', '/v1/invoices/read', { form });
    out.result(data, [JSON.stringify({ invoice: data.invoice }, null, 2)]);
    if (!out.json)
      for (const { pointer, code, message, message_en } of data.faults) {
        out.note(`! ${pointer}  ${code}\n    ${message}\n    ${message_en}`);
      }
    return data.faults.some(({ code }) => code === 'FILE-LACKS-01') ? EXIT.no : EXIT.ok;
  },
};
