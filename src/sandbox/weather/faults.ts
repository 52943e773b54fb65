import type { Chance } from '../state/chance';
import type { SandboxClock } from '../state/clock';
import type { FaultMode } from './modes';

/** What a caller of `POST /faults` may say; everything but path and mode is optional. */
export interface FaultOrder {
  /** `/card/invoice/insert`, a prefix such as `/card/*`, or `*`. */
  path: string;
  mode: FaultMode;
  /** 0 … 1, default 1. */
  probability?: number;
  /** Ends after this many hits. */
  times?: number;
  /** Lets the first n matching requests pass. */
  skip?: number;
  /** Only requests of this account, of this order. */
  appid?: string;
  order_id?: string;
  /** Sleeps until a request with this order_id has arrived on any path. */
  after_matching_order_id?: string;
  /** Hits each order at most once; requests without an order_id pass. */
  once_per_order?: boolean;
  /** Ends after this long on the sandbox clock. */
  for_seconds?: number;
  applied?: boolean;
  errcode?: number;
  errmsg?: string;
  delay_ms?: number;
  status?: number;
}

export interface FaultRule extends FaultOrder {
  id: number;
  origin: string;
  hits: number;
  until?: number;
}

interface Target {
  path: string;
  appid?: string;
  order_id?: string;
}

interface Armed extends FaultRule {
  passed: number;
  awake: boolean;
  orders: Set<string>;
}

/** The rules in force. The first that matches and whose chance comes up is applied. */
export class Faults {
  private rules: Armed[] = [];
  private counter = 0;

  constructor(
    private readonly clock: SandboxClock,
    private readonly chance: Chance,
  ) {}

  add(orders: readonly FaultOrder[], origin: string): FaultRule[] {
    const added = orders.map((order): Armed => {
      this.counter += 1;
      const until = order.for_seconds === undefined ? undefined : this.clock.now() + order.for_seconds * 1000;
      const awake = order.after_matching_order_id === undefined;
      return { ...order, id: this.counter, origin, hits: 0, until, passed: 0, awake, orders: new Set() };
    });
    this.rules = origin === 'control' ? insertedBeforeWeather(this.rules, added) : [...this.rules, ...added];
    return added.map(shown);
  }

  pick(target: Target): FaultRule | undefined {
    for (const rule of this.rules) if (this.fires(rule, target)) return rule;
    return undefined;
  }

  list(): FaultRule[] {
    return this.rules.map(shown);
  }

  clear(id?: number): number {
    const before = this.rules.length;
    this.rules = id === undefined ? [] : this.rules.filter((rule) => rule.id !== id);
    return before - this.rules.length;
  }

  private fires(rule: Armed, target: Target): boolean {
    if (!rule.awake) {
      rule.awake = target.order_id === rule.after_matching_order_id;
      return false;
    }
    if (rule.times !== undefined && rule.hits >= rule.times) return false;
    if (rule.until !== undefined && this.clock.now() >= rule.until) return false;
    if (!covers(rule.path, target.path)) return false;
    if (rule.appid !== undefined && rule.appid !== target.appid) return false;
    if (rule.order_id !== undefined && rule.order_id !== target.order_id) return false;
    if (rule.once_per_order && (target.order_id === undefined || rule.orders.has(target.order_id))) return false;
    if (rule.passed < (rule.skip ?? 0)) {
      rule.passed += 1;
      return false;
    }
    if (rule.probability !== undefined && this.chance.next() >= rule.probability) return false;
    rule.hits += 1;
    if (rule.once_per_order && target.order_id !== undefined) rule.orders.add(target.order_id);
    return true;
  }
}

export function covers(pattern: string, path: string): boolean {
  return pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : pattern === path;
}

/** A fault somebody asked for goes before chance weather, in the order asked. */
function insertedBeforeWeather(rules: Armed[], added: Armed[]): Armed[] {
  const asked = rules.filter((rule) => rule.origin === 'control');
  return [...asked, ...added, ...rules.filter((rule) => rule.origin !== 'control')];
}

function shown(rule: Armed): FaultRule {
  const { passed: _passed, awake: _awake, orders: _orders, ...rest } = rule;
  return rest;
}
