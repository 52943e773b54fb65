import { PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { audit } from '../audit/audit';
import { ReportFile } from '../data/entities/report';
import { asEngine } from '../data/statement';
import { Log } from '../log';
import { countDrift, driftOf, invoicesOf, momentOf, summarize } from './report-facts';
import { PartSink } from './report-parts';
import { xlsxWriter } from './report-workbook';
import { driftCsv, invoicesCsv, jsonWriter, summaryCsv } from './report-writers';
import { beginReport, finishReport, lockQueued, Made, noteFailure, ReportRow } from './reports.store';
import { headView } from './reports.view';

/** Name of the job that makes reports; adding one wakes it before its minute is over. */
export const REPORT_JOB = 'make_reports';

/** Makes the reports that wait, one after the other, in as many processes as like to. */
export class ReportMaker {
  private stopping = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly log: Log,
  ) {}

  /** False: nothing to do. */
  async tick(): Promise<boolean> {
    let made = false;
    while (!this.stopping && (await this.makeNext())) made = true;
    return made;
  }

  /** Lets the report on its way be finished. */
  stop(): void {
    this.stopping = true;
  }

  private async makeNext(): Promise<boolean> {
    let taken: ReportRow | null = null;
    try {
      const made = await asEngine(this.dataSource, async (client) => {
        // Sums, differences and files are of one moment.
        await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
        // A page is found by its keys; hashing all orders for each page would read the whole table hundreds of times.
        await client.query('SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off');
        taken = await lockQueued(client);
        return taken && make(client, taken);
      });
      if (taken && made) await this.vouch(taken, made);
      return taken !== null;
    } catch (error) {
      const report = taken as ReportRow | null;
      this.log.error({ report: report?.id, err: error }, 'report failed');
      if (!report) throw error;
      const reason = (error as Error).message.slice(0, 200);
      await asEngine(this.dataSource, (client) => noteFailure(client, report.id, reason));
      return false;
    }
  }

  /**
   * The report is there with all its files, or not at all. The audit trail is chained and signed: it vouches for the files.
   * The chain is written by others while the files are made, so its newest link is not in their snapshot.
   */
  private async vouch({ id, day, merchant_id: merchantId, requested_by: actor }: ReportRow, made: Made): Promise<void> {
    const data = { day, sha256: Object.fromEntries(made.files.map(({ name, sha256 }) => [name, sha256])) };
    await asEngine(this.dataSource, async (client) => {
      if (!(await finishReport(client, id, made))) return;
      await audit(client, { merchantId, actor, action: 'report.made', object: id, reason: null, data });
    });
  }
}

async function make(client: PoolClient, report: ReportRow): Promise<Made> {
  const asOf = await momentOf(client);
  await beginReport(client, report.id, asOf);
  const summary = await summarize(client, report);
  summary.drift = await countDrift(client, report);
  const sinks = (name: string) => new PartSink(client, report.id, name);
  const head = headView(report, asOf);
  const writers = [
    jsonWriter(sinks, head, summary),
    summaryCsv(sinks, summary),
    invoicesCsv(sinks),
    driftCsv(sinks),
    xlsxWriter(sinks, head, summary),
  ];
  for await (const rows of invoicesOf(client, report)) {
    for (const writer of writers) await writer.invoices(rows);
  }
  for await (const rows of driftOf(client, report)) {
    for (const writer of writers) await writer.drift(rows);
  }
  const files: ReportFile[] = [];
  for (const writer of writers) files.push(await writer.end());
  return { asOf, summary, files };
}
