import { monitorEventLoopDelay } from 'node:perf_hooks';
import { renderInvoicePdf } from '../src/demo/invoice-pdf';
import { invoiceFaceOf, sampleOrder } from '../src/demo/sample-order';
import { agree } from '../src/domain/agreement';
import { hasErrors } from '../src/domain/fault';
import { Invoice } from '../src/domain/invoice';
import { FileReader } from '../src/invoice-files/file-reader';
import { judgeInvoice } from '../src/orders/judge-invoice';
import { checkOrderPdf } from '../src/orders/order-pdf';
import { percentile } from './math';
import { padPdf } from './sample-pdf';

const FILES = 150;
const WARM_UP = 50;
const KIB = 1024;

interface Sample {
  pdf: Buffer;
  invoice: Invoice;
}

/**
 * `npm run bench -- --reading`: what the demo's one-page PDF costs to read and to compare with its order, first at the
 * door (in the main thread, µs) and then wholly (in a reading thread, ms), with the main thread's longest block.
 */
export async function benchReading(say: (line: string) => void): Promise<string> {
  say(`drawing ${FILES + WARM_UP} invoices …`);
  const samples: Sample[] = [];
  for (let seed = 1; seed <= FILES + WARM_UP; seed += 1) samples.push(await drawn(seed));
  const warm = samples.splice(0, WARM_UP);
  const door = [
    ['at the door, as drawn', samples],
    ['at the door, 60 KiB', samples.map(({ pdf, invoice }) => ({ pdf: padPdf(pdf, 60 * KIB), invoice }))],
  ] as const;
  return [
    '| one PDF against its order | median | p99 |',
    '|---|---|---|',
    ...door.map(([name, files]) => row(name, atTheDoor(files), 'µs')),
    ...(await wholly(warm, samples)),
    '',
  ].join('\n');
}

async function drawn(seed: number): Promise<Sample> {
  const order = sampleOrder({ issuedAt: new Date(), seed, lines: 1 + (seed % 8) });
  const now = Math.floor(Date.now() / 1000);
  const { invoice } = judgeInvoice(order.invoice, { strict: [], relaxed: [] }, now);
  return { pdf: await renderInvoicePdf(invoiceFaceOf(order)), invoice };
}

function atTheDoor(samples: readonly Sample[]): number[] {
  const times: number[] = [];
  for (let round = 0; round < 60; round += 1) {
    for (const { pdf, invoice } of samples) {
      const start = process.hrtime.bigint();
      const faults = checkOrderPdf(pdf, invoice, 5 * KIB * KIB, 'full', []);
      if (round >= 20) times.push(Number(process.hrtime.bigint() - start) / 1000);
      if (hasErrors(faults)) throw new Error(`a faultless PDF is refused: ${JSON.stringify(faults)}`);
    }
  }
  return times;
}

async function wholly(warm: readonly Sample[], samples: readonly Sample[]): Promise<string[]> {
  const files = new FileReader();
  const began = performance.now();
  await read(files, warm[0] as Sample);
  const first = performance.now() - began;
  for (const sample of warm.slice(1)) await read(files, sample);
  const blocks = monitorEventLoopDelay({ resolution: 1 });
  blocks.enable();
  const times: number[] = [];
  for (const sample of samples) {
    const start = performance.now();
    await read(files, sample);
    times.push(performance.now() - start);
  }
  blocks.disable();
  await files.close();
  return [
    row('wholly, one after the other', times, 'ms'),
    `| the first of all, its thread not yet there | ${first.toFixed(0)} ms | |`,
    `| longest block of the main thread meanwhile | ${(blocks.max / 1e6).toFixed(1)} ms | |`,
  ];
}

async function read(files: FileReader, { pdf, invoice }: Sample): Promise<void> {
  const { facts, faults } = await files.read(pdf);
  const told = [...faults, ...agree(facts, invoice)];
  if (told.length > 0) throw new Error(`a faultless PDF is doubted: ${JSON.stringify(told)}`);
}

function row(name: string, times: number[], unit: string): string {
  return `| ${name} | ${percentile(times, 0.5).toFixed(1)} ${unit} | ${percentile(times, 0.99).toFixed(1)} ${unit} |`;
}
