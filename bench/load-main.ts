import { Pool } from 'undici';
import { monotonicMs } from './mock-wechat';
import { Door, orderRequest } from './order-request';
import { BenchOrder, orderIdOf, orderSource, PdfKind } from './order-source';
import { serve } from './rpc';

export interface Aim {
  url: string;
  key: string;
  door: Door;
  pdf: PdfKind;
  drawnCount: number;
  connections: number;
}

export interface Phase {
  /** Number of the first order. */
  first: number;
  count: number;
  /** Orders a second at even distances, whatever the answers take; absent: as fast as `connections` callers can. */
  perSecond?: number;
}

export interface PhaseResult {
  /** Orders answered 202. For each, in the same order: when it was sent (monotonic ms) and how long the answer took. */
  accepted: string[];
  sentAt: number[];
  latencies: number[];
  /** A few of the answers that were none of an acceptance. */
  refusals: string[];
  refused: number;
}

let pool: Pool;
let aim: Aim;
let source: (n: number) => BenchOrder;

async function post(n: number, result: PhaseResult): Promise<void> {
  const { contentType, body } = orderRequest(source(n), aim.door);
  const sentAt = monotonicMs();
  try {
    const answer = await pool.request({
      method: 'POST',
      path: '/v1/orders',
      headers: { 'content-type': contentType, authorization: `Bearer ${aim.key}` },
      body,
    });
    const text = await answer.body.text();
    if (answer.statusCode !== 202) throw new Error(`${answer.statusCode} ${text}`);
    result.accepted.push(orderIdOf(n));
    result.sentAt.push(sentAt);
    result.latencies.push(monotonicMs() - sentAt);
  } catch (error) {
    result.refused += 1;
    if (result.refusals.length < 3) result.refusals.push((error as Error).message.slice(0, 600));
  }
}

async function run({ first, count, perSecond }: Phase): Promise<PhaseResult> {
  const result: PhaseResult = { accepted: [], sentAt: [], latencies: [], refusals: [], refused: 0 };
  let next = first;
  if (perSecond === undefined) {
    const caller = async () => {
      while (next < first + count) await post(next++, result);
    };
    await Promise.all(Array.from({ length: aim.connections }, caller));
    return result;
  }
  const begin = monotonicMs();
  const posts: Promise<void>[] = [];
  for (; next < first + count; next += 1) {
    const wait = begin + ((next - first) * 1000) / perSecond - monotonicMs();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    posts.push(post(next, result));
  }
  await Promise.all(posts);
  return result;
}

/** The merchants, as a process of their own. */
serve({
  aim: async (next: Aim) => {
    aim = next;
    source = await orderSource(aim.pdf, aim.drawnCount);
    pool = new Pool(aim.url, { connections: aim.connections, pipelining: 1 });
  },
  run,
});
