import { PoolClient } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { Authorization } from '../data/entities/authorization';

/** A row of `authorizations`. Column names are PostgreSQL's. */
export interface AuthorizationRow {
  merchant_id: string;
  id: string;
  appid: string;
  order_id: string;
  issuer_appid: string;
  fee: string | null;
  source: Authorization['source'];
  type: Authorization['type'];
  state: Authorization['state'];
  reason: string | null;
  person: Buffer | null;
  asked_at: Date;
  checked_at: Date | null;
  authorized_at: Date | null;
}

export interface OrderName {
  merchantId: string;
  appid: string;
  orderId: string;
}

/**
 * Whether another merchant uses this order number under this appid: as an order, or as an authorisation asked for. Whoever
 * asks takes turns until the end of the transaction: of two merchants at once the second sees what the first has written.
 */
export async function isTaken(client: PoolClient, { merchantId, appid, orderId }: OrderName): Promise<boolean> {
  await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`authorization|${appid}|${orderId}`]);
  const { rows } = await client.query(
    `SELECT FROM orders WHERE appid = $2 AND order_id = $3 AND merchant_id <> $1
     UNION ALL SELECT FROM authorizations WHERE appid = $2 AND order_id = $3 AND merchant_id <> $1 LIMIT 1`,
    [merchantId, appid, orderId],
  );
  return rows.length > 0;
}

/**
 * Writes down what is asked for; asking again changes what is asked, never what has become of it. While nothing has, it is
 * for the platform that issues for the merchant now.
 */
export async function writeAsked(
  client: PoolClient,
  { merchantId, appid, orderId }: OrderName,
  issuerAppid: string,
  asked: { fee: number; source: string; type: number },
): Promise<AuthorizationRow> {
  const { rows } = await client.query<AuthorizationRow>(
    `INSERT INTO authorizations (merchant_id, id, appid, order_id, issuer_appid, fee, source, type, state)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'asked')
     ON CONFLICT ON CONSTRAINT authorizations_natural_key DO UPDATE
       SET fee = excluded.fee, source = excluded.source, type = excluded.type, asked_at = clock_timestamp(),
           issuer_appid = CASE WHEN authorizations.state IN ('asked', 'failed') THEN excluded.issuer_appid
                               ELSE authorizations.issuer_appid END,
           state = CASE authorizations.state WHEN 'failed' THEN 'asked' ELSE authorizations.state END
     RETURNING *`,
    [merchantId, uuidv7(), appid, orderId, issuerAppid, asked.fee, asked.source, asked.type],
  );
  return rows[0] as AuthorizationRow;
}

export async function writeRejected(
  client: PoolClient,
  { merchantId, appid, orderId }: OrderName,
  issuerAppid: string,
  reason: string,
): Promise<void> {
  await client.query(
    `INSERT INTO authorizations (merchant_id, id, appid, order_id, issuer_appid, state, reason)
     VALUES ($1, $2, $3, $4, $5, 'rejected', $6)
     ON CONFLICT ON CONSTRAINT authorizations_natural_key DO UPDATE SET state = 'rejected', reason = excluded.reason`,
    [merchantId, uuidv7(), appid, orderId, issuerAppid, reason],
  );
}

/** Of many who ask how it stands at once one is to ask WeChat; false: somebody did less than so many seconds ago. */
export async function beginCheck(client: PoolClient, row: AuthorizationRow, seconds: number): Promise<boolean> {
  const { rowCount } = await client.query(
    `UPDATE authorizations SET checked_at = clock_timestamp()
      WHERE merchant_id = $1 AND id = $2
        AND (checked_at IS NULL OR checked_at <= clock_timestamp() - make_interval(secs => $3))`,
    [row.merchant_id, row.id, seconds],
  );
  return rowCount === 1;
}

export async function findOf(
  client: PoolClient,
  merchantId: string,
  orderId: string,
  appid: string | null,
): Promise<AuthorizationRow[]> {
  const { rows } = await client.query<AuthorizationRow>(
    `SELECT * FROM authorizations
      WHERE merchant_id = $1 AND order_id = $2 AND ($3::text IS NULL OR appid = $3) LIMIT 2`,
    [merchantId, orderId, appid],
  );
  return rows;
}

/** Locked, so that two witnesses of one authorisation take turns. */
export async function lock(client: PoolClient, appid: string, orderId: string): Promise<AuthorizationRow | null> {
  const { rows } = await client.query<AuthorizationRow>(
    'SELECT * FROM authorizations WHERE appid = $1 AND order_id = $2 FOR UPDATE',
    [appid, orderId],
  );
  return rows[0] ?? null;
}

/** States only move on: authorised stays so whatever comes late, and rejected is for good. */
export async function moveOn(
  client: PoolClient,
  row: AuthorizationRow,
  to: { state: Authorization['state']; at: Date | null; person: Buffer | null; titleKnown: boolean; checked: boolean },
): Promise<void> {
  const RANK = { asked: 0, failed: 1, authorized: 2, rejected: 3 };
  const state = RANK[to.state] > RANK[row.state] ? to.state : row.state;
  await client.query(
    `UPDATE authorizations
        SET state = $3, authorized_at = coalesce(authorized_at, $4), person = coalesce($5, person),
            title_known = title_known OR $7, checked_at = CASE WHEN $6 THEN clock_timestamp() ELSE checked_at END
      WHERE merchant_id = $1 AND id = $2`,
    [row.merchant_id, row.id, state, state === 'authorized' ? to.at : null, to.person, to.checked, to.titleKnown],
  );
}
