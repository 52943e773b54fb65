import { createHash } from 'node:crypto';
import { Client } from 'pg';
import { Sealer, StoredFile } from '../../src/data/sealed';
import { MASTER_KEY } from '../support/world';
import { keyOf, OpenAttempt, OurAttempt, OurEvent, OurOrder } from './story';

type OrderRow = Omit<OurOrder, 'pdfStored' | 'attempts' | 'open' | 'events' | 'lateCodes'> & {
  id: string;
  appid: string;
  orderId: string;
};
type OfOrder<Row> = Row & { id: string };

const ORDERS = `
  SELECT o.id, o.appid, o.order_id AS "orderId", o.invoice_number AS "invoiceNumber",
         encode(o.pdf_sha256, 'hex') AS "pdfSha256",
         coalesce(i.state, 'no insertion') AS state, i.reason, coalesce(i.attempts, 0) AS "attemptCount",
         coalesce(i.events, 0) AS "eventCount", coalesce(i.tries, 0) AS tries, i.card_code AS "cardCode",
         coalesce(i.card_code_state, 'none') AS "cardCodeState"
    FROM orders o LEFT JOIN insertions i USING (merchant_id, id)`;

const millis = (column: string) => `extract(epoch FROM ${column})::float8 * 1000`;
const ATTEMPT = `id, n, kind, encode(request_sha256, 'hex') AS "requestSha256", ${millis('started_at')} AS "startedAt"`;
const ATTEMPTS = `SELECT ${ATTEMPT}, outcome, sent, errcode, ${millis('ended_at')} AS "endedAt" FROM attempts ORDER BY n`;
const FILES = `SELECT id, body, sealed FROM pdfs WHERE part = 'pdf'`;
const OPEN = `SELECT ${ATTEMPT} FROM open_attempts`;
const EVENTS = `SELECT id, seq, ${millis('at')} AS at, type, data FROM events ORDER BY seq, at`;
const LATE = `SELECT id, card_code AS code FROM evidence WHERE kind = 'late_answer' AND card_code IS NOT NULL`;

const sealer = new Sealer(MASTER_KEY);

/** Every order of this database with all that was written about it, by natural key. */
export async function readOurLedger(databaseUrl: string): Promise<Map<string, OurOrder>> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    // One snapshot: what was written between two of these reads would look like a contradiction.
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const byId = new Map<string, OurOrder>();
    const byKey = new Map<string, OurOrder>();
    for (const { id, appid, orderId, ...row } of (await client.query<OrderRow>(ORDERS)).rows) {
      const order: OurOrder = { ...row, attempts: [], open: [], events: [], lateCodes: [], pdfStored: false };
      byId.set(id, order);
      byKey.set(keyOf(appid, orderId), order);
    }
    for (const { id, ...file } of await rows<StoredFile>(client, FILES)) {
      const order = byId.get(id);
      const pdf = sealer.fileOf(file, `pdfs|${id}|pdf`);
      if (order) order.pdfStored ||= createHash('sha256').update(pdf).digest('hex') === order.pdfSha256;
    }
    for (const { id, ...row } of await rows<OurAttempt>(client, ATTEMPTS)) byId.get(id)?.attempts.push(row);
    for (const { id, ...row } of await rows<OpenAttempt>(client, OPEN)) byId.get(id)?.open.push(row);
    for (const { id, ...row } of await rows<OurEvent>(client, EVENTS)) byId.get(id)?.events.push(row);
    for (const { id, code } of await rows<{ code: string }>(client, LATE)) byId.get(id)?.lateCodes.push(code);
    return byKey;
  } finally {
    await client.end();
  }
}

async function rows<Row extends object>(client: Client, text: string): Promise<OfOrder<Row>[]> {
  return (await client.query<OfOrder<Row>>(text)).rows;
}
