import { DataSource } from 'typeorm';
import { Cron } from '../cron';

/** Something that recurs, once a cluster. */
export interface Job {
  name: string;
  about: readonly [zh: string, en: string];
  /** As people read it. */
  cron: Cron;
  /** As the scheduler calls it, in UTC; a job that looks every minute whether it is time may do nothing. */
  crontab: string;
  /** False: there was nothing to do, and nothing to remember. */
  work(): Promise<unknown>;
}

interface LastRun {
  name: string;
  started_at: Date;
  ended_at: Date;
  outcome: 'done' | 'failed';
  error: string | null;
}

export interface JobStatus {
  job: Job;
  last: LastRun | null;
}

/** Every recurring job, and how its last run went. */
export class Jobs {
  private readonly atWork = new Set<string>();
  private readonly askedAgain = new Set<string>();

  constructor(
    private readonly dataSource: DataSource,
    readonly all: readonly Job[],
  ) {}

  /**
   * Runs the job and remembers how it went; what it throws reaches the scheduler, which tries again. One that is called
   * while this process is at it takes no hand from the other jobs: it looks once more when it is done.
   */
  async run(job: Job): Promise<void> {
    const { name } = job;
    if (this.atWork.has(name)) {
      this.askedAgain.add(name);
      return;
    }
    this.atWork.add(name);
    await this.once(job).finally(() => this.atWork.delete(name));
    if (this.askedAgain.delete(name)) await this.run(job);
  }

  private async once(job: Job): Promise<void> {
    const { name } = job;
    const startedAt = new Date();
    try {
      if ((await job.work()) === false) return;
      await this.remember(name, startedAt, null);
    } catch (error) {
      await this.remember(name, startedAt, (error as Error).message.slice(0, 200));
      throw error;
    }
  }

  async status(): Promise<JobStatus[]> {
    const rows = await this.dataSource.query<LastRun[]>('SELECT * FROM recurring_jobs');
    return this.all.map((job) => ({ job, last: rows.find(({ name }) => name === job.name) ?? null }));
  }

  private async remember(name: string, startedAt: Date, error: string | null): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO recurring_jobs (name, started_at, ended_at, outcome, error) VALUES ($1, $2, clock_timestamp(), $3, $4)
       ON CONFLICT (name) DO UPDATE SET started_at = excluded.started_at, ended_at = excluded.ended_at,
         outcome = excluded.outcome, error = excluded.error`,
      [name, startedAt, error === null ? 'done' : 'failed', error],
    );
  }
}
