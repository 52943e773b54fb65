import { Logger as GraphileLogger, run, Runner, Task } from 'graphile-worker';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'pg';
import { DataSource } from 'typeorm';
import { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver';
import { inTime } from '../data/in-time';
import { Log } from '../log';
import { Jobs } from './jobs';

/** How many jobs one process has in hand: a reconciliation and a bulk may take long, and hands are left for callbacks. */
const HANDS = 4;
/** Each hand has asked for a job in vain twice. */
const VAIN_QUESTIONS = 2 * HANDS;
/** Longer than a job takes that is told to stop; a runner that lost its connection at the wrong moment may wait for ever. */
const STOP_MS = 20_000;
/** Milliseconds until the jobs are taken up again after their runner gave up; the last one repeats. */
const WAITS = [1000, 2000, 5000, 15_000, 30_000];

/**
 * Runs the recurring jobs, and `queued` ones whenever they are added, on connections of the service's own pool, each once a
 * cluster. graphile-worker gives up when the database is away for long or takes no writes at a job's end; this takes the
 * jobs up again once the database is back.
 */
export class JobRunner {
  private readonly stopping = new AbortController();
  private runner: Runner | null = null;
  private loop: Promise<void> | null = null;

  constructor(
    private readonly dataSource: DataSource,
    private readonly jobs: Jobs,
    private readonly log: Log,
    private readonly queued: Record<string, Task> = {},
  ) {}

  /** Fails where the jobs cannot be run at all. */
  async start(): Promise<void> {
    this.loop = this.keepRunning(await this.run());
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    if (!(await inTime(this.stopped(), STOP_MS))) {
      this.log.warn(
        { job: 'schedule' },
        'the recurring jobs did not stop in time; they are left to end with the process',
      );
    }
  }

  private async stopped(): Promise<void> {
    // One that has given up by itself has nothing left to stop.
    await this.runner?.stop().catch(() => undefined);
    await this.loop;
  }

  private async keepRunning(first: Runner): Promise<void> {
    let runner: Runner | null = first;
    const { signal } = this.stopping;
    for (let failures = 0; !signal.aborted; failures += 1) {
      this.runner = runner;
      if (runner) {
        failures = 0;
        await runner.promise.catch(() => undefined);
        if (signal.aborted) return;
        this.log.warn({ job: 'schedule' }, 'the recurring jobs have stopped; they are taken up again');
      }
      const wait = WAITS[Math.min(failures, WAITS.length - 1)];
      await sleep(wait, undefined, { signal }).catch(() => undefined);
      runner = signal.aborted ? null : await this.run().catch(() => null);
    }
    // Begun while the stop was asked for.
    await runner?.stop().catch(() => undefined);
  }

  private async run(): Promise<Runner> {
    const { all } = this.jobs;
    const tasks = all.map((job): [string, Task] => [job.name, () => this.jobs.run(job)]);
    const runner = await run({
      pgPool: (this.dataSource.driver as PostgresDriver).master as Pool,
      crontab: all.map(({ name, crontab }) => `${crontab} ${name}`).join('\n'),
      taskList: { ...this.queued, ...Object.fromEntries(tasks) },
      concurrency: HANDS,
      pollInterval: 10_000,
      noHandleSignals: true,
      // Without a batch, what fails at a job's end is a rejection that nobody handles: the whole process would die of it.
      preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
      logger: new GraphileLogger(() => (level, _message, meta) => {
        if (String(level) === 'error') this.tell(meta);
      }),
    });
    this.watch(runner);
    return runner;
  }

  /** graphile-worker's own words quote the error's message, which may hold a person's data or a secret. */
  private tell({ error, job }: { error?: unknown; job?: { task_identifier: string } } = {}): void {
    const what = error instanceof Error ? { err: error } : {};
    this.log.error(
      { job: job?.task_identifier ?? 'schedule', ...what },
      job ? 'a job failed' : 'the jobs met an error',
    );
  }

  /**
   * A runner that was begun while the database was not itself keeps the failure of its first look for ever; one that finds
   * nothing but errors is stopped, and followed by another.
   */
  private watch({ events, stop }: Runner): void {
    let vain = 0;
    const answered = () => (vain = 0);
    events.on('worker:getJob:empty', answered);
    events.on('job:start', answered);
    events.on('worker:getJob:error', () => {
      vain += 1;
      if (vain === VAIN_QUESTIONS) void stop().catch(() => undefined);
    });
  }
}
