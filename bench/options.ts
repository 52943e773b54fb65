export interface Options {
  rounds: number;
  /** Orders of one throughput run; slower contenders take a share of it. */
  orders: number;
  /** Seconds of the paced part of a run. */
  pacedSeconds: number;
  /** Orders in the queue of the memory row. */
  queued: number;
  /** Names of runs; `piaoka*` means all that begin so; empty: all. */
  only: string[];
  quick: boolean;
  /** With the rows that need a million stored orders: some minutes and 3 GB more. */
  full: boolean;
  /** Only the pure check of an invoice. */
  rules: boolean;
  /** Only what reading a PDF costs. */
  reading: boolean;
  /** Only how long WeChat waits for the answer to its pushes. */
  callbacks: boolean;
  /** Only a reconciliation and the reports of a day. */
  reconcile: boolean;
  /** Leave CPU profiles of the service's processes in .data/bench/profiles. */
  profile: boolean;
}

const HELP = `npm run bench -- [options]
  --quick        one short round: does everything work?
  --rounds N     interleaved rounds (3)
  --orders N     orders of one throughput run (2500)
  --only a,b     only these runs; piaoka* means all that begin so
  --full         also the cost at 1,000,000 stored orders
  --rules        only what the check of one invoice costs; needs no database
  --reading      only what reading a PDF and comparing it with its order costs; needs no database
  --callbacks    only how long WeChat waits for the answer to a push
  --reconcile    only a reconciliation of 200,000 orders and reports over 1,000,000
  --profile      CPU profiles of the service in .data/bench/profiles
`;

/** Throws a sentence for the person at the terminal. */
export function readOptions(args: readonly string[]): Options {
  const rest = [...args];
  const given: Partial<Pick<Options, 'rounds' | 'orders'>> = {};
  let only: string[] = [];
  let quick = false;
  let full = false;
  let rules = false;
  let reading = false;
  let callbacks = false;
  let reconcile = false;
  let profile = false;
  for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
    if (name === '--quick') quick = true;
    else if (name === '--full') full = true;
    else if (name === '--rules') rules = true;
    else if (name === '--reading') reading = true;
    else if (name === '--callbacks') callbacks = true;
    else if (name === '--reconcile') reconcile = true;
    else if (name === '--profile') profile = true;
    else if (name === '--rounds' || name === '--orders') {
      given[name === '--rounds' ? 'rounds' : 'orders'] = count(name, rest.shift());
    } else if (name === '--only') only = (rest.shift() ?? '').split(',').filter(Boolean);
    else throw new Error(HELP);
  }
  const usual = quick ? { rounds: 1, orders: 400 } : { rounds: 3, orders: 2500 };
  return {
    ...usual,
    ...given,
    pacedSeconds: quick ? 3 : 12,
    queued: quick ? 1000 : 10_000,
    only,
    quick,
    full,
    rules,
    reading,
    callbacks,
    reconcile,
    profile,
  };
}

function count(name: string, text: string | undefined): number {
  if (!/^[1-9]\d{0,6}$/.test(text ?? '')) throw new Error(`${name} takes a whole number\n${HELP}`);
  return Number(text);
}
