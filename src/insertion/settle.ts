import { PoolClient } from 'pg';
import { advance, quietLeft } from '../domain/advance';
import { Insertion, Policy } from '../domain/insertion';
import { Inapplicable, isFree, Settlement, whyInapplicable } from '../domain/settlement';
import { ClaimedRow, columnsOf, insertionFrom } from './claimed';

export interface Subject {
  merchantId: string;
  /** The order's id. */
  id: string;
}

/** An insertion whose row nobody else changes until the transaction ends. */
export interface Locked extends Subject {
  issuerAppid: string;
  insertion: Insertion;
  /** Attempts made so far, the open one among them. */
  attempts: number;
  /** Number of the latest event: it grows with every transition, so it names the state of affairs that somebody saw. */
  version: number;
  /** The database's clock. */
  now: Date;
}

export interface Telling {
  /** Told on the timeline beside the settlement; never personal data. */
  data?: Record<string, unknown>;
  /** Whose wallet: openid and unionid, sealed with AAD `insertions|<id>`. */
  person?: Buffer | null;
}

export type Settled =
  | { kind: 'settled'; insertion: Insertion; version: number }
  | { kind: 'inapplicable'; why: Inapplicable }
  /** The card code belongs to another order of this account. */
  | { kind: 'code_in_use' };

/**
 * Changes insertions outside the worker's path: what people, evidence, callbacks and the merchant's own acts come to. To be
 * used in a transaction of piaoka_engine, together with whatever belongs to the act (audit, evidence, a new revision). The
 * insertion's row is locked first of all, which keeps two acts on one order from waiting for each other.
 */
export class Settlements {
  constructor(private readonly policy: Omit<Policy, 'jitter'>) {}

  /** Null: there is no such order. */
  async lock(client: PoolClient, { merchantId, id }: Subject): Promise<Locked | null> {
    const { rows } = await client.query<LockedRow>(
      `SELECT *, clock_timestamp() AS now FROM insertions WHERE merchant_id = $1 AND id = $2 FOR UPDATE`,
      [merchantId, id],
    );
    const [row] = rows;
    if (!row) return null;
    const { issuer_appid, attempts, events, now } = row;
    return { merchantId, id, issuerAppid: issuer_appid, insertion: insertionFrom(row), attempts, version: events, now };
  }

  /** Why this settlement does not apply now; null: it does. */
  whyNot({ insertion }: Locked, settlement: Settlement): Inapplicable | null {
    return whyInapplicable(insertion, settlement);
  }

  /** Seconds in which nothing about this order may be sent, because what may have been sent is not yet over. */
  quietLeft({ insertion, now }: Locked): number {
    return quietLeft(insertion, now, this.policy.quietSeconds);
  }

  /**
   * Every change of state that is not RECORD's passes here. The fence moves, so that a worker that holds the row finds it
   * taken and sends nothing; while an attempt is on its way (`sending`) nothing is changed.
   */
  async settle(client: PoolClient, locked: Locked, settlement: Settlement, telling: Telling = {}): Promise<Settled> {
    const why = whyInapplicable(locked.insertion, settlement);
    if (why) return { kind: 'inapplicable', why };
    const next = advance(locked.insertion, settlement, locked.now, { ...this.policy, jitter: 0 });
    if (next.cardCode && (await this.codeIsInUse(client, locked, next.cardCode))) return { kind: 'code_in_use' };
    const { rows } = await client.query<{ events: number }>(SETTLE, [
      locked.merchantId,
      locked.id,
      JSON.stringify(columnsOf(next)),
      telling.person ?? null,
      JSON.stringify(storyOf(next, settlement, telling)),
      isFree(next),
    ]);
    return { kind: 'settled', insertion: next, version: (rows[0] as { events: number }).events };
  }

  private async codeIsInUse(client: PoolClient, { issuerAppid, merchantId, id }: Locked, code: string) {
    await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('card|' || $1 || '|' || $2, 0))`, [
      issuerAppid,
      code,
    ]);
    const { rows } = await client.query(
      `SELECT FROM insertions WHERE issuer_appid = $1 AND card_code = $2 AND (merchant_id, id) <> ($3, $4)`,
      [issuerAppid, code, merchantId, id],
    );
    return rows.length > 0;
  }
}

interface LockedRow extends ClaimedRow {
  events: number;
}

/** `$3` the present, `$4` whose wallet, `$5` what the timeline tells, `$6` whether the invoice becomes free. */
const SETTLE = `
  WITH given AS (
    SELECT * FROM jsonb_to_record($3::jsonb) AS g (state text, reason text, due_in float8, tries integer, probes integer,
      authorization_checks integer, reuploads integer, media_id text, trip_media_id text, uploaded_at timestamptz,
      doubt_since timestamptz, doubt_restored boolean, doubt_denied boolean, reinserted boolean, waiting_since timestamptz, card_code text,
      card_code_state text)
  ), settled AS (
    UPDATE insertions i
       SET state = g.state, reason = g.reason, due_at = clock_timestamp() + make_interval(secs => g.due_in),
           claimed_by = NULL, crashes = 0, tries = g.tries, probes = g.probes,
           authorization_checks = g.authorization_checks, reuploads = g.reuploads, media_id = g.media_id,
           trip_media_id = g.trip_media_id, uploaded_at = g.uploaded_at, doubt_since = g.doubt_since,
           doubt_restored = g.doubt_restored, doubt_denied = g.doubt_denied, reinserted = g.reinserted, waiting_since = g.waiting_since,
           card_code = g.card_code, card_code_state = g.card_code_state, person = coalesce($4, i.person),
           fence = i.fence + 1, events = i.events + 1, updated_at = clock_timestamp()
      FROM given g
     WHERE i.merchant_id = $1 AND i.id = $2
    RETURNING i.merchant_id, i.id, i.events, i.state
  ), freed AS (
    DELETE FROM live_invoices WHERE merchant_id = $1 AND id = $2 AND $6
  ), told AS (
    INSERT INTO events (merchant_id, id, seq, at, type, data)
    SELECT merchant_id, id, events, clock_timestamp(), state, $5::jsonb FROM settled
  )
  SELECT events FROM settled`;

function storyOf(next: Insertion, { kind }: Settlement, { data }: Telling): Record<string, unknown> {
  return {
    outcome: kind,
    ...(next.reason ? { reason: next.reason } : {}),
    ...(next.cardCode ? { card_code: next.cardCode } : {}),
    ...data,
  };
}
