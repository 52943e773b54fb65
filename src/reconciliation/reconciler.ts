import { PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { Cron, latestTime } from '../cron';
import { asEngine } from '../data/statement';
import { Log } from '../log';
import { ClaimedRuns, createRun, latestScheduled, RunRow } from './runs';

/** What one page of a step did. `next` null: the step is done. */
export interface Page {
  next: unknown;
  counts: Record<string, number>;
}

/** One part of a reconciliation, done page by page; each page is safe to repeat. */
export interface Step {
  name: string;
  page(run: RunRow, place: unknown): Promise<Page>;
}

/** Makes the scheduled runs and works on whatever runs are waiting, one page after the other. */
export class Reconciler {
  private readonly runs: ClaimedRuns;
  private working: Promise<boolean> | null = null;
  private stopping = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly cron: Cron,
    private readonly steps: readonly Step[],
    private readonly log: Log,
  ) {
    this.runs = new ClaimedRuns(dataSource);
  }

  /** Called every minute in one process of the cluster, and whenever a run was asked for. False: nothing to do. */
  tick(now = new Date()): Promise<boolean> {
    this.working ??= this.work(now).finally(() => (this.working = null));
    return this.working;
  }

  /** Lets the page that is on its way finish; the run goes on elsewhere, or at the next start. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.working?.catch(() => undefined);
  }

  private async work(now: Date): Promise<boolean> {
    await asEngine(this.dataSource, (client) => this.schedule(client, now));
    let worked = false;
    for (let run = await this.claim(); run; run = await this.claim()) {
      worked = true;
      await this.carry(run);
    }
    return worked;
  }

  private async claim(): Promise<RunRow | null> {
    return this.stopping ? null : this.runs.claim();
  }

  /** The run whose time has come; one that was missed while nothing ran is made up for, but never at the first start. */
  private async schedule(client: PoolClient, now: Date): Promise<void> {
    const due = latestTime(this.cron, now);
    const last = await latestScheduled(client);
    const isNow = now.getTime() - due.getTime() < 60_000;
    if (last ? last >= due : !isNow) return;
    const request = { merchantId: null, source: 'schedule', requestedBy: 'schedule', from: null, to: null } as const;
    await createRun(client, { ...request, scheduledFor: due });
  }

  private async carry(run: RunRow): Promise<void> {
    if (run.state !== 'running') return;
    try {
      while (run.step < this.steps.length) {
        if (this.stopping) return await this.runs.release(run);
        if (!(await this.turnPage(run, this.steps[run.step] as Step))) return;
      }
      await this.runs.end(run);
      this.log.info({ run: run.id, counts: run.counts }, 'reconciliation done');
    } catch (error) {
      const { name } = this.steps[run.step] ?? { name: 'end' };
      this.log.error({ run: run.id, step: name, err: error }, 'reconciliation interrupted');
      await this.runs.pause(run, `${name}: ${(error as Error).message}`.slice(0, 200));
    }
  }

  /** False: another process has taken the run over. */
  private async turnPage(run: RunRow, step: Step): Promise<boolean> {
    const { next, counts } = await step.page(run, run.place);
    for (const [name, count] of Object.entries(counts)) {
      if (count > 0) run.counts[name] = (run.counts[name] ?? 0) + count;
    }
    if (next === null) run.step += 1;
    run.place = next;
    return asEngine(this.dataSource, (client) => this.runs.keep(client, run));
  }
}
