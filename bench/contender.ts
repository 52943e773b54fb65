import { BenchDatabase } from './database';
import { Phase, PhaseResult } from './load-main';
import { Options } from './options';
import { RunSpec } from './plan';
import { Child } from './rpc';

/** What a contender is started with. */
export interface Arena {
  options: Options;
  database: BenchDatabase;
  mock: Child;
  mockUrl: string;
  load: Child;
  redisServer: string | null;
}

/** A contender that runs. */
export interface Contender {
  /** Whose CPU time is whose; the mock, the load and PostgreSQL are known to all. */
  processes: Record<string, number[]>;
  drive(phase: Phase): Promise<PhaseResult>;
  /** Orders it has accepted and not yet durably recorded as inserted. */
  unfinished(): Promise<number>;
  /** Orders it has durably recorded as inserted since it was started; null where nothing is recorded. */
  recorded(): Promise<number | null>;
  stop(): Promise<void>;
}

export type Start = (spec: RunSpec, arena: Arena) => Promise<Contender>;
