import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { benchCallbacks } from './callbacks';
import { Arena } from './contender';
import { openDatabaseServer } from './database';
import { dropKeptDatabases, startPiaoka } from './contender-piaoka';
import { GOALS, judge } from './goals';
import { machineFacts } from './machine';
import { Options, readOptions } from './options';
import { Door } from './order-request';
import { HAS_PDF_CHECK, planOf } from './plan';
import { benchReading } from './reading';
import { benchReconcile } from './reconcile';
import { headline as factsLine, markdown, Report } from './report';
import { Child } from './rpc';
import { RunResult, runOnce } from './run';
import { benchRules } from './rules';
import { findRedis } from './typical-build';

/** `npm run bench`: every contender in turn, round after round, and what came of it in bench/results. */
async function main(options: Options): Promise<boolean> {
  if (!existsSync('/proc/self/stat')) throw new Error('The bench reads CPU times from /proc: it needs Linux.');
  const machine = machineFacts();
  const database = await openDatabaseServer(say);
  const mock = new Child(join(__dirname, 'mock-main.js'));
  const load = new Child(join(__dirname, 'load-main.js'));
  try {
    const mockUrl = `http://127.0.0.1:${await mock.call<number>('listen')}`;
    const arena: Arena = { options, database, mock, mockUrl, load, redisServer: findRedis() };
    if (options.reconcile) {
      const figures = await benchReconcile(arena, options.quick, say);
      writeAlone('reconcile', `${factsLine(machine, database.facts)}\n${figures}`, options);
      return true;
    }
    const headline = await widestDoor(arena);
    const rounds = await runAll(options, arena, headline);
    const report: Report = {
      machine,
      postgres: database.facts,
      notes: notesOn(arena, headline),
      goals: GOALS.map((goal) => judge(goal, rounds)),
      rounds: rounds.map((round) => Object.fromEntries(round)),
    };
    write(report, options);
    return rounds.every((round) => [...round.values()].every(({ faults }) => faults.length === 0));
  } finally {
    mock.end();
    load.end();
    await dropKeptDatabases(database);
    await database.stop();
  }
}

/** Multipart where this build of the service takes it, else JSON. */
async function widestDoor(arena: Arena): Promise<Door> {
  const [spec] = planOf({ ...arena.options, only: ['piaoka'] }, 'multipart');
  if (!spec) throw new Error('the plan has no run of the service');
  await arena.mock.call('reset', 0);
  const service = await startPiaoka({ ...spec, name: 'which-door' }, arena);
  try {
    const { accepted } = await service.drive({ first: 1, count: 1 });
    await arena.mock.call('whenCards', { cards: accepted.length, timeoutMs: 10_000 });
    return accepted.length === 1 ? 'multipart' : 'json';
  } finally {
    await service.stop();
  }
}

async function runAll(options: Options, arena: Arena, headline: Door): Promise<Map<string, RunResult>[]> {
  const rounds: Map<string, RunResult>[] = [];
  for (let n = 1; n <= options.rounds; n += 1) {
    const round = new Map<string, RunResult>();
    rounds.push(round);
    const plan = planOf(options, headline);
    if (plan.length === 0) throw new Error('--only names no run of this plan; rows of stored orders need --full');
    // Every other round backwards: whoever comes after whom, and a machine that warms up, falls on both sides.
    for (const spec of n % 2 === 1 ? plan : plan.reverse()) {
      const result = await runOnce(spec, arena);
      round.set(spec.name, result);
      say(
        `round ${n}  ${spec.name.padEnd(24)} ${result.perSecond?.toFixed(0).padStart(6)} orders/s  ${result.faults.join('; ')}`,
      );
    }
  }
  return rounds;
}

function notesOn({ redisServer, options }: Arena, headline: Door): string[] {
  return [
    headline === 'multipart'
      ? 'Orders are posted as multipart/form-data with a 60 KiB PDF; `piaoka-json` posts the same as base64 in JSON.'
      : '**Orders are posted as base64 in JSON: this build of the service takes no multipart.** The typical design gets multipart.',
    redisServer
      ? 'The typical design queues with BullMQ on Redis (appendfsync everysec).'
      : '**The typical design queues with pg-boss (8 pollers), because there is no redis-server here**; with BullMQ on Redis it differs.',
    HAS_PDF_CHECK
      ? 'The service runs with PDF_CHECK=fast; `piaoka-full-check` with full and `piaoka-fast-check` with fast, each order with a PDF of its own, drawn like those of real issuers.'
      : 'This build has no setting PDF_CHECK: it looks at the shape of a PDF only.',
    'There is no file or object store for PDFs in this build, so that row is not measured.',
    ...(options.full ? [] : ['The cost at 1,000,000 stored orders is measured with `--full`.']),
    ...(options.quick ? ['**A quick run: it shows that everything works, and measures nothing.**'] : []),
  ];
}

function write(report: Report, { quick, only }: Options): void {
  const directory = join('bench', 'results');
  mkdirSync(directory, { recursive: true });
  // What is kept are whole benches; a part or a smoke lies beside them, unversioned.
  const name = quick || only.length > 0 ? 'partial' : 'latest';
  const text = markdown(report);
  writeFileSync(join(directory, `${name}.json`), `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(join(directory, `${name}.md`), text);
  say(`\n${text}\nwritten to ${join(directory, name)}.md and .json`);
}

/** Figures that have a page of their own. */
function writeAlone(name: string, text: string, { quick }: Options): void {
  const file = join('bench', 'results', `${quick ? 'partial.' : ''}${name}.md`);
  mkdirSync(join('bench', 'results'), { recursive: true });
  writeFileSync(file, text);
  say(`\n${text}\nwritten to ${file}`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function start(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options.rules) return say(benchRules());
  if (options.reading) return say(await benchReading(say));
  if (options.callbacks) return say(await benchCallbacks(say));
  const passed = await main(options);
  if (passed) return;
  process.stderr.write(
    '\nFAILED: a ledger differs from the orders that were accepted. No figure of this bench counts.\n',
  );
  process.exitCode = 1;
}

start().catch((error: unknown) => {
  process.stderr.write(`${(error as Error).stack}\n`);
  process.exit(1);
});
