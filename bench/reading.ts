import { monitorEventLoopDelay } from 'node:perf_hooks';
import { agree } from '../src/domain/agreement';
import { hasErrors } from '../src/domain/fault';
import { Invoice } from '../src/domain/invoice';
import { FileReader } from '../src/invoice-files/file-reader';
import { judgeInvoice } from '../src/orders/judge-invoice';
import { checkOrderPdf } from '../src/orders/order-pdf';
import { corpusFile, KINDS } from './corpus/corpus';
import { percentile } from './math';

const FILES = 24;
const WARM_UP = 12;
const ROUNDS = 3;
const MIB = 1024 * 1024;

interface Sample {
  pdf: Buffer;
  invoice: Invoice;
}

interface Cost {
  name: string;
  share: number;
  bytes: number;
  /** At the door, µs. */
  door: number;
  /** Wholly, CPU of the whole process, ms; and how long it takes. */
  cpu: number;
  p50: number;
  p99: number;
}

/**
 * `npm run bench -- --reading`: what a PDF costs to read and to compare with its order, by kind and over the mix of real
 * invoices: at the door (in the main thread) and wholly (in a reading thread), with the main thread's longest block.
 */
export async function benchReading(say: (line: string) => void): Promise<string> {
  const files = new FileReader({ threads: 1, deadlineMs: 5000, queue: 100, patienceMs: 60_000 });
  const kinds: { name: string; share: number; samples: Sample[] }[] = [];
  for (const kind of KINDS) {
    say(`drawing ${FILES + WARM_UP} × ${kind.name} …`);
    const samples: Sample[] = [];
    for (let seed = 1; seed <= FILES + WARM_UP; seed += 1) samples.push(await drawn(kind, seed));
    kinds.push({ name: kind.name, share: kind.share, samples });
  }
  const began = performance.now();
  await read(files, (kinds[0] as (typeof kinds)[number]).samples[0] as Sample, 0);
  const first = performance.now() - began;
  for (const { samples } of kinds) for (const sample of samples.slice(0, WARM_UP)) await read(files, sample, 1);
  const blocks = monitorEventLoopDelay({ resolution: 1 });
  const costs: Cost[] = [];
  for (const { name, share, samples } of kinds)
    costs.push(await costOf(files, name, share, samples.slice(WARM_UP), blocks));
  await files.close();
  const total = costs.reduce((sum, { share }) => sum + share, 0);
  const mean = (of: (cost: Cost) => number) => costs.reduce((sum, cost) => sum + cost.share * of(cost), 0) / total;
  return [
    '| one PDF against its order | share | KiB | at the door | wholly, CPU | wholly, p50 / p99 |',
    '|---|---|---|---|---|---|',
    ...costs.map((cost) => row(cost)),
    `| **the mix** | | | ${mean(({ door }) => door).toFixed(0)} µs | **${mean(({ cpu }) => cpu).toFixed(1)} ms** | |`,
    '',
    `The first of all, its thread not yet there: ${first.toFixed(0)} ms. Longest block of the main thread while files were read: ${(blocks.max / 1e6).toFixed(1)} ms.`,
    '',
  ].join('\n');
}

async function drawn(kind: (typeof KINDS)[number], seed: number): Promise<Sample> {
  const { order, pdf } = await corpusFile(kind, seed, new Date());
  const now = Math.floor(Date.now() / 1000);
  return { pdf, invoice: judgeInvoice(order.invoice, { strict: [], relaxed: [] }, now).invoice };
}

async function costOf(
  files: FileReader,
  name: string,
  share: number,
  samples: readonly Sample[],
  blocks: ReturnType<typeof monitorEventLoopDelay>,
): Promise<Cost> {
  const door = atTheDoor(samples);
  blocks.enable();
  const before = process.cpuUsage();
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const sample of samples) {
      const start = performance.now();
      await read(files, sample, 2 + round);
      times.push(performance.now() - start);
    }
  }
  const { user, system } = process.cpuUsage(before);
  blocks.disable();
  const bytes = samples.reduce((sum, { pdf }) => sum + pdf.length, 0) / samples.length;
  const cpu = (user + system) / 1000 / times.length;
  return { name, share, bytes, door, cpu, p50: percentile(times, 0.5), p99: percentile(times, 0.99) };
}

function atTheDoor(samples: readonly Sample[]): number {
  const times: number[] = [];
  for (let round = 0; round < 60; round += 1) {
    for (const { pdf, invoice } of samples) {
      const start = process.hrtime.bigint();
      const faults = checkOrderPdf(pdf, invoice, 5 * MIB, 'full', []);
      if (round >= 20) times.push(Number(process.hrtime.bigint() - start) / 1000);
      if (hasErrors(faults)) throw new Error(`a faultless PDF is refused: ${JSON.stringify(faults)}`);
    }
  }
  return percentile(times, 0.5);
}

/** Each round its own bytes, so that nothing is remembered. A ticket is named as one; nothing else is doubted. */
async function read(files: FileReader, { pdf, invoice }: Sample, round: number): Promise<void> {
  const { facts, faults } = await files.read(Buffer.concat([pdf, Buffer.from(`\n%${round}`)]));
  const told = [...faults, ...agree(facts, invoice)].filter(({ code }) => code !== 'PDF-KIND-02');
  if (told.length > 0) throw new Error(`a faultless PDF is doubted: ${JSON.stringify(told)}`);
}

function row({ name, share, bytes, door, cpu, p50, p99 }: Cost): string {
  return `| ${name} | ${share} % | ${(bytes / 1024).toFixed(0)} | ${door.toFixed(0)} µs | ${cpu.toFixed(1)} ms | ${p50.toFixed(1)} / ${p99.toFixed(1)} ms |`;
}
