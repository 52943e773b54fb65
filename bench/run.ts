import { setTimeout as sleep } from 'node:timers/promises';
import { Arena, Contender, Start } from './contender';
import { startBare } from './contender-bare';
import { startPiaoka } from './contender-piaoka';
import { startTypical } from './contender-typical';
import type { PhaseResult } from './load-main';
import { percentile } from './math';
import { monotonicMs } from './mock-wechat';
import { PACE, RunSpec } from './plan';
import { cpuOf, machineCpu, rssOf } from './proc';
import { Session } from './session';

export interface RunResult {
  name: string;
  orders: number;
  /** Orders a second, from the first post to the last durable record. */
  perSecond: number | null;
  /** ms at full load. */
  acceptP50: number;
  acceptP99: number;
  /** ms at 50 orders a second: until the answer, and until the card. */
  paced: { acceptP50: number; acceptP99: number; cardP50: number; cardP99: number } | null;
  /** µs of CPU per order, by process tree. */
  cpu: Record<string, number>;
  /** Share of the machine's CPU time that went to others meanwhile. */
  foreignShare: number;
  /** MiB at the end, by process tree. */
  rss: Record<string, number>;
  /** MiB of all Node processes of the contender, with nothing to do and with `length` orders waiting. */
  queue: { idle: number; queued: number; length: number } | null;
  /** Everything that is not as it must be; empty in a run that counts. */
  faults: string[];
}

const START: Record<RunSpec['contender'], Start> = { bare: startBare, piaoka: startPiaoka, typical: startTypical };
const SLOW_MS = 2000;
let runs = 0;

/** One run of one contender: start, warm up, measure, hold the ledgers against each other, stop. */
export async function runOnce(spec: RunSpec, arena: Arena): Promise<RunResult> {
  await arena.mock.call('reset', 0);
  const contender = await START[spec.contender](spec, arena);
  try {
    const session = new Session(arena, contender, (runs += 1) * 100_000);
    await arena.mock.call('delay', spec.delayMs);
    await session.drive(spec.warmUp);
    await session.settle();
    await arena.database.checkpoint();
    const queue = spec.queued > 0 ? await pileUp(spec, arena, contender, session) : null;
    const throughput = await measure(spec, arena, contender, session);
    const paced = spec.pacedSeconds > 0 ? await pace(spec, session) : null;
    const rss = Object.fromEntries(Object.entries(contender.processes).map(([name, pids]) => [name, rssOf(pids)]));
    return { name: spec.name, ...throughput, paced, rss, queue, faults: await session.faults() };
  } finally {
    await contender.stop();
  }
}

async function measure(spec: RunSpec, arena: Arena, contender: Contender, session: Session) {
  const groups: Record<string, number[]> = {
    ...contender.processes,
    postgres: [arena.database.pid],
    mock: [arena.mock.pid],
    load: [arena.load.pid],
  };
  const reading = () => Object.entries(groups).map(([name, pids]) => [name, cpuOf(pids)] as const);
  const before = { machine: machineCpu(), own: process.cpuUsage(), groups: new Map(reading()) };
  const begin = monotonicMs();
  const phase = await session.drive(spec.orders);
  const end = await session.settle();
  const used = reading().map(([name, cpu]) => [name, cpu - (before.groups.get(name) ?? 0)] as const);
  const machine = machineCpu() - before.machine;
  const own = process.cpuUsage(before.own);
  const foreign = machine - own.user - own.system - used.reduce((sum, [, cpu]) => sum + cpu, 0);
  const orders = phase.accepted.length;
  return {
    orders,
    perSecond: (orders * 1000) / (end - begin),
    acceptP50: percentile(phase.latencies, 0.5),
    acceptP99: percentile(phase.latencies, 0.99),
    cpu: Object.fromEntries(used.map(([name, cpu]) => [name, cpu / orders])),
    foreignShare: Math.max(0, foreign / machine),
  };
}

async function pace(spec: RunSpec, session: Session) {
  const phase: PhaseResult = await session.drive(spec.pacedSeconds * PACE, PACE);
  await session.settle();
  const cards = await session.cardTimes();
  const untilCard = phase.accepted.flatMap((orderId, n) => {
    const at = cards.get(orderId);
    return at === undefined ? [] : [at - (phase.sentAt[n] as number)];
  });
  return {
    acceptP50: percentile(phase.latencies, 0.5),
    acceptP99: percentile(phase.latencies, 0.99),
    cardP50: percentile(untilCard, 0.5),
    cardP99: percentile(untilCard, 0.99),
  };
}

/** Orders come in and hardly any leave; the processes are the same and as warm before and after. */
async function pileUp(spec: RunSpec, arena: Arena, contender: Contender, session: Session) {
  const memory = async () => {
    await sleep(SLOW_MS);
    return rssOf(Object.values(contender.processes).flat());
  };
  const idle = await memory();
  await arena.mock.call('delay', SLOW_MS);
  await session.drive(spec.queued);
  const queued = await memory();
  const length = await contender.unfinished();
  await arena.mock.call('delay', 0);
  await session.settle();
  return { idle, queued, length };
}
