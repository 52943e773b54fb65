import { DataSource } from 'typeorm';
import { asEngine } from '../data/statement';
import { Fault, fault } from '../domain/fault';
import { ReceivedStatement } from './runs';
import { looksRounded, rounded } from './statement-csv';
import { ReadEntry, StatementReader } from './statement-reader';

/** Lines stored in one statement, and held in memory. */
const BATCH = 1000;

export type Intake =
  { kind: 'stored'; statement: ReceivedStatement } | { kind: 'faults'; faults: Fault[] } | { kind: 'too_large' };

/**
 * Stores a merchant's statement under the id of the run that will compare it. Lines become a run only when all of them are
 * there and none has a fault; what is left of a process that died is deleted by a later run.
 */
export class StatementIntake {
  constructor(private readonly dataSource: DataSource) {}

  async take(runId: string, { id: merchantId, appid }: Owner, reader: StatementReader): Promise<Intake> {
    let lines = 0;
    let batch: ReadEntry[] = [];
    try {
      for await (const entry of reader.read()) {
        batch.push(entry);
        lines += 1;
        if (batch.length < BATCH) continue;
        await this.nameRounded(merchantId, batch, reader);
        batch = await this.store(runId, appid, batch, reader);
      }
      await this.nameRounded(merchantId, batch, reader);
      await this.store(runId, appid, batch, reader);
    } catch (error) {
      await this.forget(runId);
      throw error;
    }
    const { tooLarge } = reader;
    const faults = reader.faults.slice().sort((a, b) => lineOf(a) - lineOf(b));
    if (!tooLarge && faults.length === 0) return { kind: 'stored', statement: { sha256: reader.sha256(), lines } };
    await this.forget(runId);
    return tooLarge ? { kind: 'too_large' } : { kind: 'faults', faults };
  }

  async forget(runId: string): Promise<void> {
    await asEngine(this.dataSource, (client) => client.query('DELETE FROM statement_lines WHERE run_id = $1', [runId]));
  }

  /** Numbers that a spreadsheet has cut; one that is known here as it stands was not. */
  private async nameRounded(merchantId: string, batch: ReadEntry[], reader: StatementReader): Promise<void> {
    if (reader.kind !== 'csv') return;
    const doubtful = batch.flatMap((entry) =>
      NUMBERS.filter((field) => looksRounded(entry[field])).map((field) => ({ entry, field })),
    );
    if (doubtful.length === 0) return;
    const numbers = doubtful.map(({ entry, field }) => entry[field]);
    const { rows } = await asEngine(this.dataSource, (client) =>
      client.query<{ number: string }>(KNOWN, [merchantId, numbers]),
    );
    const known = new Set(rows.map(({ number }) => number));
    for (const { entry, field } of doubtful) {
      if (!known.has(entry[field] as string)) reader.say(entry.line, rounded(field));
    }
  }

  /** An order that stands there already is a fault of the later line. */
  private async store(runId: string, appid: string, batch: ReadEntry[], reader: StatementReader): Promise<ReadEntry[]> {
    const values = [runId, appid, JSON.stringify(batch)];
    const { rows } = await asEngine(this.dataSource, (client) => client.query<Repeated>(STORE, values));
    for (const { line, first } of rows) {
      const [zh, en] = [`与第 ${first} 行是同一订单。`, `The same order as in line ${first}.`];
      reader.say(line, fault('LINE-REPEATED', '/order_id', zh, en));
    }
    return [];
  }
}

function lineOf({ pointer }: Fault): number {
  return Number(pointer.split('/')[1] ?? 0);
}

/** The merchant that a statement is of. */
interface Owner {
  id: string;
  appid: string;
}

const NUMBERS = ['order_id', 'invoice_number'] as const;

const KNOWN = `
  SELECT order_id AS number FROM orders WHERE merchant_id = $1 AND order_id = ANY ($2)
  UNION ALL SELECT invoice_number FROM orders WHERE merchant_id = $1 AND invoice_number = ANY ($2)`;

interface Repeated {
  line: number;
  first: number;
}

const STORE = `
  WITH given AS (
    SELECT g.line, coalesce(g.appid, $2) AS appid, g.order_id, g.invoice_number, g.fee, coalesce(g.state, 'issued') AS state,
           min(g.line) OVER (PARTITION BY coalesce(g.appid, $2), g.order_id) AS first
      FROM jsonb_to_recordset($3::jsonb)
        AS g (line integer, appid text, order_id text, invoice_number text, fee bigint, state text)
  ), stored AS (
    INSERT INTO statement_lines (run_id, line, appid, order_id, invoice_number, fee, state)
    SELECT $1, line, appid, order_id, invoice_number, fee, state FROM given ORDER BY line
    ON CONFLICT ON CONSTRAINT statement_lines_pkey DO NOTHING RETURNING line
  )
  SELECT g.line, coalesce(l.line, g.first) AS first FROM given g
    LEFT JOIN statement_lines l ON l.run_id = $1 AND l.appid = g.appid AND l.order_id = g.order_id
   WHERE g.line NOT IN (SELECT line FROM stored) ORDER BY g.line`;
