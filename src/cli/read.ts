import { basename } from 'node:path';
import { FormData } from 'undici';
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
  examples: ['piaoka read invoice.pdf > invoice.json && piaoka check invoice.json invoice.pdf'],
  async run({ args: [file = ''], out, service }) {
    const form = new FormData();
    form.set('file', new Blob([readBytes(file)]), basename(file));
    const { data } = await service.call('POST', '/v1/invoices/read', { form });
    out.result(data, [JSON.stringify(data, null, 2)]);
    return EXIT.ok;
  },
};
