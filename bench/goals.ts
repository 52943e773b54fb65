import { median, ratios, Spread, spread } from './math';
import { RunResult } from './run';

/** A row of the table of goals: one figure a round, made of runs of that round. */
export interface Goal {
  figure: string;
  /** Which side of the bar is good. */
  better: 'higher' | 'lower';
  must: number;
  goal: number;
  over: Side;
  under: Side;
}

interface Side {
  run: string;
  of: (run: RunResult) => number | null;
}

export interface Judged {
  figure: string;
  must: number;
  goal: number;
  better: 'higher' | 'lower';
  /** null where this bench has no runs for it. */
  value: Spread | null;
  verdict: 'goal met' | 'must met' | 'not met' | 'not measured';
}

const rate = (run: RunResult) => run.perSecond;
const cost =
  (...groups: string[]) =>
  (run: RunResult) =>
    groups.reduce((sum, group) => sum + (run.cpu[group] ?? 0), 0);
const ratio = (
  figure: string,
  better: Goal['better'],
  [must, goal]: [number, number],
  of: Side['of'],
  over: string,
  under: string,
): Goal => ({ figure, better, must, goal, over: { run: over, of }, under: { run: under, of } });

export const GOALS: readonly Goal[] = [
  ratio('orders/s, service / bare loop, 0 ms', 'higher', [0.15, 0.25], rate, 'piaoka', 'bare'),
  ratio('the same in one process, ROLE=all', 'higher', [0.15, 0.25], rate, 'piaoka-together', 'bare'),
  ratio('the same with PDF_CHECK=full', 'higher', [0.15, 0.25], rate, 'piaoka-full-check', 'bare'),
  ratio(
    'orders/s, PDF_CHECK=full / fast, files like real ones',
    'higher',
    [0.6, 0.8],
    rate,
    'piaoka-full-check',
    'piaoka-fast-check',
  ),
  ratio('the same, PDFs in a file or object store', 'higher', [0.2, 0.33], rate, 'piaoka-file-store', 'bare'),
  ratio('orders/s, service / bare loop, 50 ms, 256 in flight', 'higher', [0.65, 0.9], rate, 'piaoka-50ms', 'bare-50ms'),
  ratio('orders/s, service / typical design', 'higher', [5, 8], rate, 'piaoka', 'typical'),
  ratio(
    'accept p99 at 50/s, service / typical',
    'lower',
    [1, 0.5],
    ({ paced }) => paced && paced.acceptP99,
    'piaoka',
    'typical',
  ),
  ratio('CPU per order, worker / bare loop', 'lower', [2.5, 1.5], cost('worker'), 'piaoka', 'bare'),
  ratio(
    'PostgreSQL CPU per order, 60 KiB PDF / 1 KB PDF',
    'lower',
    [3, 2],
    cost('postgres'),
    'piaoka',
    'piaoka-tiny-pdf',
  ),
  ratio(
    'orders/s, 2 workers / 1, 50 ms, processors free',
    'higher',
    [1.7, 1.9],
    rate,
    'piaoka-waiting-2workers',
    'piaoka-waiting',
  ),
  ratio(
    'CPU per order, 1,000,000 stored orders / 10,000',
    'lower',
    [1.3, 1.1],
    cost('api', 'worker', 'postgres'),
    'piaoka-stored-1000000',
    'piaoka-stored-10000',
  ),
  {
    ...{ figure: 'Node memory, 10,000 queued orders / idle', better: 'lower', must: 1.3, goal: 1.1 },
    over: { run: 'piaoka-queue', of: ({ queue }) => queue && queue.queued },
    under: { run: 'piaoka-queue', of: ({ queue }) => queue && queue.idle },
  },
];

/** `rounds[n]`: the runs of round n by name. */
export function judge(goal: Goal, rounds: readonly ReadonlyMap<string, RunResult>[]): Judged {
  const side = ({ run, of }: Side) => rounds.map((round) => (round.has(run) ? of(round.get(run) as RunResult) : null));
  const values = ratios(side(goal.over), side(goal.under));
  const { figure, must, better, goal: aim } = goal;
  const reached = (bar: number) => (better === 'higher' ? median(values) >= bar : median(values) <= bar);
  const verdict = reached(aim) ? 'goal met' : reached(must) ? 'must met' : 'not met';
  const measured = values.length > 0;
  return {
    ...{ figure, must, goal: aim, better },
    value: measured ? spread(values) : null,
    verdict: measured ? verdict : 'not measured',
  };
}
