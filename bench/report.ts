import { Judged } from './goals';
import { Machine } from './machine';
import { median, Spread, spread } from './math';
import { RunResult } from './run';

export interface Report {
  machine: Machine;
  postgres: Record<string, string>;
  notes: string[];
  goals: Judged[];
  /** Every run of every round. */
  rounds: Record<string, RunResult>[];
}

const CPU = ['api', 'worker', 'postgres', 'redis', 'mock', 'load'];

/** When, what and on which machine. */
export function headline(machine: Machine, postgres: Record<string, string>): string {
  return (
    `${machine.when} · commit ${machine.commit} · ${machine.cores} cores (${machine.processor}), ${machine.memoryGiB} GiB · ` +
    `Node ${machine.node} · PostgreSQL ${Object.entries(postgres)
      .map(([name, value]) => (name === 'server_version' ? value : `${name}=${value}`))
      .join(' ')} · load before ${machine.loadBefore}`
  );
}

export function markdown(report: Report): string {
  const { machine, postgres, notes, goals, rounds } = report;
  const names = [...new Set(rounds.flatMap((round) => Object.keys(round)))];
  const faults = rounds.flatMap((round) =>
    Object.values(round).flatMap((run) => run.faults.map((f) => `${run.name}: ${f}`)),
  );
  return [
    '# Bench',
    '',
    headline(machine, postgres),
    '',
    `${rounds.length} interleaved rounds; each figure is the median, with (min–max). Ratios are taken round by round.`,
    '',
    ...notes.map((note) => `- ${note}`),
    '',
    '## Goals',
    '',
    ...table(
      ['figure', 'measured', 'must', 'goal', ''],
      goals.map(({ figure, value, must, goal, better, verdict }) => {
        const sign = better === 'higher' ? '≥' : '≤';
        return [figure, value ? shown(value, 3) : '–', `${sign} ${must}`, `${sign} ${goal}`, verdict];
      }),
    ),
    '',
    faults.length === 0
      ? 'In every run the mock held exactly one card for each accepted order and none besides: 0 duplicates, 0 missing.'
      : `**The ledgers differ:** ${faults.join('; ')}`,
    '',
    '## Throughput and latency',
    '',
    'Accept at full load, then at 50 orders/s: accept and time to card. ms, p50/p99.',
    '',
    ...table(
      ['run', 'orders/s', 'accept', 'accept at 50/s', 'card at 50/s', 'others on the machine'],
      names.map((name) => {
        const runs = runsOf(rounds, name);
        const pair = (low: (run: RunResult) => number | undefined, high: (run: RunResult) => number | undefined) =>
          [low, high].map((of) => number(medianOf(runs, of), 1)).join(' / ');
        return [
          name,
          shown(spread(runs.flatMap(({ perSecond }) => perSecond ?? [])), 0),
          pair(
            (run) => run.acceptP50,
            (run) => run.acceptP99,
          ),
          pair(
            (run) => run.paced?.acceptP50,
            (run) => run.paced?.acceptP99,
          ),
          pair(
            (run) => run.paced?.cardP50,
            (run) => run.paced?.cardP99,
          ),
          `${number(
            medianOf(runs, (run) => run.foreignShare * 100),
            0,
          )} %`,
        ];
      }),
    ),
    '',
    '## CPU per order (µs) and memory (MiB)',
    '',
    ...table(
      ['run', ...CPU, 'memory at the end'],
      names.map((name) => {
        const runs = runsOf(rounds, name);
        const memory = Object.keys(runs[0]?.rss ?? {}).map(
          (group) =>
            `${group} ${number(
              medianOf(runs, (run) => run.rss[group]),
              0,
            )}`,
        );
        return [
          name,
          ...CPU.map((group) =>
            number(
              medianOf(runs, (run) => run.cpu[group]),
              0,
            ),
          ),
          memory.join(', '),
        ];
      }),
    ),
    '',
  ].join('\n');
}

function runsOf(rounds: Report['rounds'], name: string): RunResult[] {
  return rounds.flatMap((round) => round[name] ?? []);
}

function medianOf(runs: RunResult[], of: (run: RunResult) => number | undefined): number {
  return median(runs.flatMap((run) => of(run) ?? []));
}

function shown({ median: middle, min, max }: Spread, digits: number): string {
  return min === max
    ? number(middle, digits)
    : `${number(middle, digits)} (${number(min, digits)}–${number(max, digits)})`;
}

function number(value: number, digits: number): string {
  return Number.isFinite(value) ? value.toFixed(digits) : '–';
}

function table(head: string[], rows: string[][]): string[] {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}
