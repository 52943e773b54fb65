import { DataSource } from 'typeorm';
import { audit } from '../audit/audit';
import { asEngine } from '../data/statement';
import { shanghaiDay } from '../domain/shanghai';
import { Page, Step } from './reconciler';
import { REPORT_JOB } from './report-maker';
import { queueReport, queueReportsUntil, ReportRow, ReportWish } from './reports.store';

const DAY_MS = 24 * 3600 * 1000;

/** Reports that people ask for. */
export class Reports {
  constructor(private readonly dataSource: DataSource) {}

  /** Null: there is no such merchant. */
  async request(wish: ReportWish): Promise<ReportRow | null> {
    const { merchantId, requestedBy: actor, id: object, days, datedBy } = wish;
    const data = { day: days.first, ...(days.last === days.first ? {} : { until: days.last }), by: datedBy };
    const report = await asEngine(this.dataSource, async (client) => {
      const known = await client.query('SELECT FROM merchants WHERE id = $1', [merchantId]);
      if (known.rows.length === 0) return null;
      const queued = await queueReport(client, wish);
      await audit(client, { merchantId, actor, action: 'report.requested', object, reason: null, data });
      return queued;
    });
    // After the commit. A call that is lost does no harm: the job looks every minute.
    if (report) await this.dataSource.query('SELECT graphile_worker.add_job($1)', [REPORT_JOB]).catch(() => undefined);
    return report;
  }
}

/** The last of a scheduled reconciliation: what was not yet reported up to the day before it, merchant by merchant. */
export function reportUntilYesterday(dataSource: DataSource): Step {
  return {
    name: 'reports',
    async page(run): Promise<Page> {
      if (!run.scheduled_for) return { next: null, counts: {} };
      const day = shanghaiDay((run.scheduled_for.getTime() - DAY_MS) / 1000);
      const reports = await asEngine(dataSource, (client) => queueReportsUntil(client, run.id, day));
      return { next: null, counts: { reports } };
    },
  };
}
