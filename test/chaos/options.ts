import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';

export interface ChaosOptions {
  orders: number;
  /** SIGKILLs of service processes. */
  kills: number;
  /** Chance that a call to WeChat goes wrong. */
  faults: number;
  workers: number;
  apis: number;
  /** Workers stopped beyond their lease and woken again. */
  zombies: number;
  pgCrashes: number;
  seed: string;
  /** Negative control: a WeChat that gives a second card for the same order. */
  dedupe: boolean;
  /** The run is good when the checker finds second cards. */
  expectDuplicates: boolean;
  /** How long the second phase may take, in seconds. */
  patience: number;
}

export const USAGE = `npm run chaos -- [--orders 2000] [--kills 200] [--faults 0.25] [--workers 4] [--apis 2]
               [--zombies N] [--pg-crashes N] [--seed S] [--patience 120] [--no-dedupe [--expect-duplicates]]`;

export function readOptions(args: string[], env: NodeJS.ProcessEnv = {}): ChaosOptions {
  const { values } = parseArgs({
    args,
    options: {
      orders: { type: 'string', default: '2000' },
      kills: { type: 'string', default: '200' },
      faults: { type: 'string', default: '0.25' },
      workers: { type: 'string', default: '4' },
      apis: { type: 'string', default: '2' },
      zombies: { type: 'string' },
      'pg-crashes': { type: 'string' },
      seed: { type: 'string' },
      patience: { type: 'string', default: '120' },
      'no-dedupe': { type: 'boolean', default: false },
      'expect-duplicates': { type: 'boolean', default: false },
    },
  });
  const kills = whole('kills', values.kills);
  return chaosOptions({
    orders: whole('orders', values.orders),
    kills,
    faults: chance(values.faults),
    workers: whole('workers', values.workers),
    apis: whole('apis', values.apis),
    zombies: whole('zombies', values.zombies ?? String(Math.ceil(kills / 10))),
    pgCrashes: whole('pg-crashes', values['pg-crashes'] ?? String(Math.ceil(kills / 40))),
    seed: values.seed ?? env.SEED,
    patience: whole('patience', values.patience),
    dedupe: !values['no-dedupe'],
    expectDuplicates: values['expect-duplicates'],
  });
}

export function chaosOptions(given: Partial<ChaosOptions>): ChaosOptions {
  return {
    orders: 2000,
    kills: 200,
    faults: 0.25,
    workers: 4,
    apis: 2,
    zombies: 0,
    pgCrashes: 0,
    patience: 120,
    dedupe: true,
    expectDuplicates: false,
    ...given,
    seed: given.seed || randomBytes(4).toString('hex'),
  };
}

function whole(name: string, given: string): number {
  if (/^\d{1,7}$/.test(given)) return Number(given);
  throw new Error(`--${name} takes a whole number, not "${given}"\n${USAGE}`);
}

function chance(given: string): number {
  const number = Number(given);
  if (given !== '' && number >= 0 && number < 1) return number;
  throw new Error(`--faults takes a probability below 1, not "${given}"\n${USAGE}`);
}
