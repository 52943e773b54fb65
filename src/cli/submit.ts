import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { FormData } from 'undici';
import { OrderView } from '../orders/orders.api';
import { LineAnswer } from '../orders/order-batch';
import { Call, Command, text } from './command';
import { CliError, EXIT } from './exit';
import { readBytes, readJson } from './files';

/** One request of a batch: well below the service's 500 lines and 64 MiB. */
const LINES = 200;
const BYTES = 32 * 1024 * 1024;

export const SUBMIT: Command = {
  name: 'orders submit',
  args: '<order.json|orders.ndjson> [invoice.pdf]',
  about: [
    '提交一个订单，或 NDJSON 文件中的全部订单；重复提交是安全的',
    'post one order, or every line of an NDJSON file; repeating it is safe',
  ],
  options: {
    'pdf-dir': {
      type: 'string',
      value: 'DIR',
      about: ['NDJSON 各行的 PDF：DIR/<order_id>.pdf', 'PDFs for the lines of an NDJSON file: DIR/<order_id>.pdf'],
    },
  },
  examples: [
    'piaoka orders submit order.json invoice.pdf',
    'piaoka orders submit november.ndjson --pdf-dir pdfs',
    'piaoka orders submit november.ndjson --json | jq "select(.status >= 400)"',
  ],
  run(call) {
    const [file = '', pdf] = call.args;
    return /\.(ndjson|jsonl)$/.test(file) ? submitAll(call, file) : submitOne(call, file, pdf);
  },
};

async function submitOne({ out, service }: Call, file: string, pdf: string | undefined): Promise<number> {
  const order = readJson(file);
  const sent = pdf === undefined ? { json: order } : { form: formOf(order, pdf) };
  const { status, data } = await service.call<OrderView>('POST', '/v1/orders', sent);
  out.result(data, [
    `${status === 202 ? '✓ 已受理 accepted' : '✓ 此前已提交 posted before'}: ${data.order_id}  ${data.state}`,
    ...(data.warnings ?? []).flatMap((w) => [`! ${w.pointer}  ${w.code}`, `    ${w.message}`, `    ${w.message_en}`]),
  ]);
  return EXIT.ok;
}

function formOf(order: unknown, pdf: string): FormData {
  const form = new FormData();
  form.set('order', JSON.stringify(order));
  form.set('pdf', new Blob([readBytes(pdf)], { type: 'application/pdf' }), basename(pdf));
  return form;
}

async function submitAll({ values, out, service }: Call, file: string): Promise<number> {
  const pdfs = text(values, 'pdf-dir');
  const lines = readBytes(file)
    .toString('utf8')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const bar = out.progress('orders', lines.length);
  const counts = { accepted: 0, before: 0, refused: 0 };
  for (let done = 0; done < lines.length;) {
    const batch = nextBatch(lines, done, (line) => withPdf(line, pdfs));
    const answer = await service.text('POST', '/v1/orders/batch', { ndjson: batch.join('\n') });
    for (const given of answer
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as LineAnswer)) {
      const { status, order, problem } = given;
      counts[status === 202 ? 'accepted' : status === 200 ? 'before' : 'refused'] += 1;
      const line = done + given.line;
      const faults = (problem?.errors ?? []).map(({ pointer, code }) => `${pointer} ${code}`).join(', ');
      if (out.json) out.part({ ...given, line }, '');
      else if (problem) out.note(`✗ line ${line}: ${problem.code} ${problem.title} ${problem.title_en} ${faults}`);
      else if (!order) throw new CliError(EXIT.unreachable, `第 ${line} 行没有答复。Line ${line} has no answer.`);
    }
    done += batch.length;
    bar.to(done);
  }
  bar.end();
  const { accepted, before, refused } = counts;
  out.note(`受理 accepted ${accepted} · 此前已提交 posted before ${before} · 被拒 refused ${refused}`);
  return refused === 0 ? EXIT.ok : EXIT.no;
}

function nextBatch(lines: string[], from: number, complete: (line: string) => string): string[] {
  const batch: string[] = [];
  let bytes = 0;
  for (const line of lines.slice(from, from + LINES)) {
    const whole = complete(line);
    bytes += whole.length;
    if (batch.length > 0 && bytes > BYTES) break;
    batch.push(whole);
  }
  return batch;
}

/** The line with its PDF beside it; one that carries its own, or that nobody can read, goes as it is. */
function withPdf(line: string, directory: string | undefined): string {
  if (directory === undefined) return line;
  let order: { order_id?: unknown; pdf?: unknown };
  try {
    order = JSON.parse(line) as typeof order;
  } catch {
    return line;
  }
  // Never a path of the file's own making: the name alone.
  const file = join(directory, `${basename(String(order?.order_id))}.pdf`);
  if (!order || order.pdf !== undefined || !existsSync(file)) return line;
  return JSON.stringify({ ...order, pdf: readBytes(file).toString('base64') });
}
