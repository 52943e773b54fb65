import { DataSource } from 'typeorm';
import { audit } from '../audit/audit';
import { Cron } from '../cron';
import { asEngine } from '../data/statement';
import { createRun, findRun, ReceivedStatement, RunRow } from './runs';

/** Name of the job that works on runs; adding one wakes it before its minute is over. */
export const RECONCILE_JOB = 'reconcile';

/** Runs that people ask for. */
export class Reconciliations {
  constructor(
    private readonly dataSource: DataSource,
    readonly cron: Cron,
  ) {}

  /** Null: there is no such merchant. A run that was asked for before under its id is found again. */
  async request(wish: {
    id: string;
    merchantId: string | null;
    from: Date | null;
    to: Date | null;
    requestedBy: string;
    statement?: ReceivedStatement;
  }): Promise<RunRow | null> {
    const run = await asEngine(this.dataSource, async (client) => {
      const { merchantId, requestedBy: actor, statement } = wish;
      const known = await client.query('SELECT FROM merchants WHERE $1::uuid IS NULL OR id = $1 LIMIT 1', [merchantId]);
      if (merchantId && known.rows.length === 0) return null;
      const before = await findRun(client, wish.id);
      if (before) return before;
      const created = (await createRun(client, { ...wish, source: statement ? 'statement' : 'person' })) as RunRow;
      const data = statement ? { statement_sha256: statement.sha256.toString('hex'), lines: statement.lines } : {};
      const act = { merchantId, actor, action: 'reconciliation.requested', object: created.id, reason: null, data };
      await audit(client, act);
      return created;
    });
    if (run) await this.wake();
    return run;
  }

  /** After the commit. A call that is lost does no harm: the job looks every minute. */
  async wake(): Promise<void> {
    await this.dataSource.query(`SELECT graphile_worker.add_job($1)`, [RECONCILE_JOB]).catch(() => undefined);
  }
}
