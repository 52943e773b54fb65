import { setTimeout as sleep } from 'node:timers/promises';
import { Arena, Contender } from './contender';
import type { PhaseResult } from './load-main';
import { Ledger, monotonicMs } from './mock-wechat';

const PATIENCE_MS = 180_000;
const POLL_MS = 10;

/** The orders of one run: posted, waited for, and at the end held against the mock's own ledger. */
export class Session {
  private readonly accepted: string[] = [];
  private readonly refusals: string[] = [];
  private refused = 0;

  constructor(
    private readonly arena: Arena,
    private readonly contender: Contender,
    /** Number of the next order. */
    private next: number,
  ) {}

  async drive(count: number, perSecond?: number): Promise<PhaseResult> {
    const result = await this.contender.drive({ first: this.next, count, perSecond });
    this.next += count;
    this.accepted.push(...result.accepted);
    this.refusals.push(...result.refusals);
    this.refused += result.refused;
    return result;
  }

  /** Waits until every accepted order has its card and is recorded; returns the moment. What never comes is a fault later. */
  async settle(): Promise<number> {
    const until = monotonicMs() + PATIENCE_MS;
    await this.arena.mock.call('whenCards', { cards: this.accepted.length, timeoutMs: PATIENCE_MS });
    while ((await this.contender.unfinished()) > 0 && monotonicMs() < until) await sleep(POLL_MS);
    return monotonicMs();
  }

  /** When the mock saw each order's insert, by order id. */
  async cardTimes(): Promise<Map<string, number>> {
    const { cards } = await this.arena.mock.call<Ledger>('ledger');
    return new Map(cards.map(({ orderId, at }) => [orderId, at]));
  }

  /** One card for each accepted order and none for anything else, in the mock's ledger and in the contender's. */
  async faults(): Promise<string[]> {
    const ledger = await this.arena.mock.call<Ledger>('ledger');
    const recorded = await this.contender.recorded();
    return [
      ...(this.refused > 0 ? [`${this.refused} orders were not accepted: ${this.refusals.join(' | ')}`] : []),
      ...(recorded === null || recorded === this.accepted.length
        ? []
        : [`${this.accepted.length} orders accepted, ${recorded} recorded as inserted`]),
      ...ledgerFaults(this.accepted, ledger),
    ];
  }
}

/** How WeChat's ledger differs from the orders that were accepted; empty: exactly one card each. */
export function ledgerFaults(accepted: readonly string[], ledger: Ledger): string[] {
  const inserts = new Map(ledger.cards.map((card) => [card.orderId, card.inserts]));
  const known = new Set(accepted);
  const found = {
    missing: accepted.filter((orderId) => !inserts.has(orderId)),
    'inserted more than once': accepted.filter((orderId) => (inserts.get(orderId) ?? 0) > 1),
    'inserted without being accepted': [...inserts.keys()].filter((orderId) => !known.has(orderId)),
  };
  return [
    ...Object.entries(found)
      .filter(([, orders]) => orders.length > 0)
      .map(([what, orders]) => `${orders.length} orders ${what}, such as ${orders[0]}`),
    ...(ledger.wrongMedia > 0 ? [`${ledger.wrongMedia} inserts named a PDF that was not uploaded for them`] : []),
    ...(ledger.refused > 0 ? [`${ledger.refused} requests that WeChat would refuse`] : []),
  ];
}
