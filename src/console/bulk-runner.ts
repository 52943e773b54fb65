import { PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { asEngine } from '../data/statement';
import { failpoint } from '../failpoints';
import { Problem, ProblemCode } from '../http/problems';
import { Settlements } from '../insertion/settle';
import { Log } from '../log';
import { Reinsertions } from './reinsertions';

/** How long a bulk belongs to the process that works on it, from the last order on. */
const LEASE_SECONDS = 60;
/** A bulk that dies this often is not begun again. */
const MAX_CLAIMS = 20;
const PAGE = 50;
/** A queue that became due in one moment would stand in the way of new orders. */
const PAGE_MS = 1000;

interface Bulk {
  id: string;
  operator: string;
  reason: string;
  state: 'running' | 'failed';
}

interface Target {
  n: number;
  merchant_id: string;
  order_uuid: string;
  version: number;
}

/**
 * Begins the orders of bulks anew, one commit an order: the order, its result and the bulk's lease. So a bulk goes on
 * where a killed process stopped, no order is begun twice, and a cancelled one stops before its next order.
 */
export class BulkRunner {
  private readonly owner = uuidv7();
  private stopping = false;
  private working: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly dataSource: DataSource,
    private readonly settlements: Settlements,
    private readonly reinsertions: Reinsertions,
    private readonly log: Log,
  ) {}

  /** Called every minute in one process of the cluster, and whenever a bulk was asked for. False: nothing to do. */
  tick(): Promise<boolean> {
    const work = this.work();
    this.working = work.catch(() => undefined);
    return work;
  }

  /** Lets the order that is on its way finish; the bulk goes on elsewhere, or at the next start. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.working;
  }

  private async work(): Promise<boolean> {
    let worked = false;
    for (let bulk = await this.claim(); bulk; bulk = await this.claim()) {
      worked = true;
      if (bulk.state === 'running') await this.carry(bulk);
    }
    return worked;
  }

  /** The oldest bulk that nobody works on. */
  private async claim(): Promise<Bulk | undefined> {
    if (this.stopping) return undefined;
    return asEngine(this.dataSource, async (client) => {
      const { rows } = await client.query<Bulk>(
        `UPDATE bulk_reinsertions
            SET state = CASE WHEN claims >= $3 THEN 'failed' ELSE 'running' END,
                ended_at = CASE WHEN claims >= $3 THEN clock_timestamp() END,
                claims = claims + 1, claimed_by = $1, started_at = coalesce(started_at, clock_timestamp()),
                lease_until = clock_timestamp() + make_interval(secs => $2)
          WHERE id = (SELECT id FROM bulk_reinsertions
                       WHERE state = 'queued' OR (state = 'running' AND lease_until < now())
                       ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED)
         RETURNING id, operator, reason, state`,
        [this.owner, LEASE_SECONDS, MAX_CLAIMS],
      );
      return rows[0];
    });
  }

  private async carry(bulk: Bulk): Promise<void> {
    for (;;) {
      const began = performance.now();
      const targets = await this.page(bulk);
      if (targets.length === 0) return this.end(bulk);
      for (const target of targets) {
        if (this.stopping) return this.release(bulk);
        if (!(await this.begin(bulk, target))) return;
        await failpoint('bulk.begun');
      }
      const rest = PAGE_MS - (performance.now() - began);
      if (targets.length === PAGE && rest > 0) await new Promise((resume) => setTimeout(resume, rest));
    }
  }

  private page({ id }: Bulk): Promise<Target[]> {
    return asEngine(this.dataSource, async (client) => {
      const { rows } = await client.query<Target>(
        `SELECT n, merchant_id, order_uuid, version FROM bulk_reinsertion_orders
          WHERE bulk_id = $1 AND outcome IS NULL ORDER BY n LIMIT ${PAGE}`,
        [id],
      );
      return rows;
    });
  }

  /** False: the bulk was cancelled, or another process has taken it over. */
  private begin(bulk: Bulk, target: Target): Promise<boolean> {
    return asEngine(this.dataSource, async (client) => {
      // The bulk's row is held to the end of the order: whoever cancels knows that nothing is begun after that.
      const { rowCount } = await client.query(
        `UPDATE bulk_reinsertions SET lease_until = clock_timestamp() + make_interval(secs => $3)
          WHERE id = $1 AND claimed_by = $2 AND state = 'running'`,
        [bulk.id, this.owner, LEASE_SECONDS],
      );
      if (rowCount !== 1) return false;
      const done = await this.reinsert(client, bulk, target);
      const [outcome, code, id] = 'code' in done ? ['skipped', done.code, null] : ['reinserted', null, done.id];
      await client.query(
        `UPDATE bulk_reinsertion_orders SET outcome = $3, code = $4, reinsertion_id = $5, ended_at = clock_timestamp()
          WHERE bulk_id = $1 AND n = $2`,
        [bulk.id, target.n, outcome, code, id],
      );
      return true;
    });
  }

  /** What is refused leaves nothing behind but its reason. */
  private async reinsert(
    client: PoolClient,
    { id: bulk, operator, reason }: Bulk,
    target: Target,
  ): Promise<{ id: string } | { code: ProblemCode }> {
    const subject = { merchantId: target.merchant_id, id: target.order_uuid };
    const locked = await this.settlements.lock(client, subject);
    if (!locked || locked.version !== target.version) return { code: 'order_changed' };
    await client.query('SAVEPOINT one_order');
    try {
      return await this.reinsertions.begin(client, locked, { id: uuidv7(), operator, reason, bulk });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      await client.query('ROLLBACK TO SAVEPOINT one_order');
      return { code: error.code };
    }
  }

  private async end({ id }: Bulk): Promise<void> {
    await this.update(`state = 'done', ended_at = clock_timestamp(), claimed_by = NULL, lease_until = NULL`, id);
    this.log.info({ bulk: id }, 'a bulk of re-insertions is done');
  }

  /** Due again at once, for whoever comes next. */
  private release({ id }: Bulk): Promise<void> {
    return this.update('lease_until = now(), claims = claims - 1', id);
  }

  private async update(set: string, id: string): Promise<void> {
    await asEngine(this.dataSource, (client) =>
      client.query(`UPDATE bulk_reinsertions SET ${set} WHERE id = $1 AND claimed_by = $2 AND state = 'running'`, [
        id,
        this.owner,
      ]),
    );
  }
}
