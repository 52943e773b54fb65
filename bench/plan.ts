import { SETTINGS } from '../src/config';
import { Options } from './options';
import { Door } from './order-request';
import { PdfKind } from './order-source';

/** One run: a contender, started afresh, under one kind of load. */
export interface RunSpec {
  name: string;
  contender: 'bare' | 'typical' | 'piaoka';
  door: Door;
  pdf: PdfKind;
  /** What the mock waits before each answer. */
  delayMs: number;
  /** Calls to WeChat at the same time: connections of the bare loop, concurrency of each worker. */
  inFlight: number;
  workers: number;
  /** One process, `ROLE=all`, that hands PDFs over in memory; `workers` are processes beside it. */
  together: boolean;
  orders: number;
  /** Orders before that. */
  warmUp: number;
  /** Seconds at 50 orders/s after the throughput part, for latencies; 0: none. */
  pacedSeconds: number;
  /** Settings of the service beside the usual ones. */
  env: Record<string, string>;
  /** Orders that lie in the database already; its rows are made once and kept over the rounds. */
  stored: number;
  /** Instead of throughput: so many orders pile up behind a slow WeChat, and memory is looked at. */
  queued: number;
}

export const PACE = 50;
/**
 * Orders before anything is measured. A program that lives for days is judged as it stays: after a few hundred orders
 * V8 still runs most of it unoptimised, at half its speed.
 */
const WARM_UP = 3000;
/** The setting of the design that says how much of a PDF is checked; a build without it checks the PDF's shape only. */
export const HAS_PDF_CHECK = 'PDF_CHECK' in SETTINGS;

/** The runs of one round, in the order in which they take turns. */
export function planOf(options: Options, headline: Door): RunSpec[] {
  const { orders, pacedSeconds, queued } = options;
  const piaoka: RunSpec = {
    ...{ name: 'piaoka', contender: 'piaoka', door: headline, pdf: 'sixty', delayMs: 0, inFlight: 32, workers: 1 },
    together: false,
    ...{
      orders,
      warmUp: options.quick ? 200 : WARM_UP,
      pacedSeconds: 0,
      stored: 0,
      queued: 0,
      env: HAS_PDF_CHECK ? { PDF_CHECK: 'fast' } : {},
    },
  };
  const bare: RunSpec = { ...piaoka, name: 'bare', contender: 'bare', workers: 0, orders: orders * 2 };
  // It does not answer base64 in JSON: that would only be slower.
  const typical: RunSpec = { ...piaoka, name: 'typical', contender: 'typical', door: 'multipart' };
  // Files like real ones, wholly read or only looked at.
  const checked: RunSpec = {
    ...piaoka,
    pdf: 'corpus',
    orders: Math.min(orders, 1500),
    pacedSeconds,
  };
  const far = { delayMs: 50, inFlight: 256 };
  // Few calls at a time, so that waiting and not the processor is what a second worker shares.
  const waiting: RunSpec = {
    ...piaoka,
    name: 'piaoka-waiting',
    delayMs: 50,
    inFlight: 8,
    orders: Math.ceil(orders / 4),
    warmUp: Math.min(piaoka.warmUp, 400),
  };
  const all: RunSpec[] = [
    bare,
    { ...piaoka, pacedSeconds },
    { ...typical, orders: Math.ceil(orders / 4), pacedSeconds },
    { ...piaoka, name: 'piaoka-2workers', workers: 2 },
    { ...piaoka, name: 'piaoka-together', together: true, workers: 0 },
    { ...piaoka, name: 'piaoka-tiny-pdf', pdf: 'tiny' },
    { ...bare, ...far, name: 'bare-50ms' },
    { ...piaoka, ...far, name: 'piaoka-50ms' },
    { ...piaoka, ...far, name: 'piaoka-50ms-2workers', workers: 2 },
    waiting,
    { ...waiting, name: 'piaoka-waiting-2workers', workers: 2 },
    { ...piaoka, name: 'piaoka-queue', queued },
  ];
  if (headline === 'multipart') all.push({ ...piaoka, name: 'piaoka-json', door: 'json', pacedSeconds });
  if (HAS_PDF_CHECK) {
    all.push({ ...checked, name: 'piaoka-full-check', env: { PDF_CHECK: 'full' } });
    all.push({ ...checked, name: 'piaoka-fast-check', env: { PDF_CHECK: 'fast' } });
  }
  for (const stored of options.full ? [10_000, 1_000_000] : []) {
    all.push({ ...piaoka, name: `piaoka-stored-${stored}`, stored });
  }
  if (options.only.length === 0) return all;
  return all.filter(({ name }) => options.only.some((wanted) => matches(name, wanted)));
}

function matches(name: string, wanted: string): boolean {
  return wanted.endsWith('*') ? name.startsWith(wanted.slice(0, -1)) : name === wanted;
}
