import { PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { asEngine, run, Statement } from '../data/statement';
import { Outcome } from '../domain/outcome';
import { Claimed } from './claimed';
import { useMendedTemplate } from './mended-templates';

/** A hold as it is told to operators. */
export interface HoldRow {
  id: string;
  scope: 'account' | 'merchant';
  appid: string | null;
  merchant_id: string | null;
  errcode: number | null;
  errmsg: string | null;
  reason: string;
  until: Date | null;
  canaries: number;
  next_canary_at: Date | null;
  created_at: Date;
}

const ACTIVE = 'lifted_at IS NULL AND (until IS NULL OR until > now())';
const COLUMNS = 'id, scope, appid, merchant_id, errcode, errmsg, reason, until, canaries, next_canary_at, created_at';

/** Pauses an account or a merchant, or says anew why it is paused. A hold that a person made keeps its words. */
const placing = (scope: HoldRow['scope'], whom: 'appid' | 'merchant_id') => `
    INSERT INTO holds (id, scope, ${whom}, errcode, errmsg, reason, until, next_canary_at, card_id)
    VALUES ($1, '${scope}', $2, $3, $4, $5, $6, clock_timestamp() + make_interval(secs => $7), $8)
    ON CONFLICT (${whom}) WHERE scope = '${scope}' AND lifted_at IS NULL DO UPDATE
       SET errcode = excluded.errcode, errmsg = excluded.errmsg, reason = excluded.reason, until = excluded.until, card_id = excluded.card_id,
           canaries = CASE WHEN holds.until <= now() THEN 0 ELSE holds.canaries END,
           created_at = CASE WHEN holds.until <= now() THEN clock_timestamp() ELSE holds.created_at END,
           next_canary_at = CASE WHEN holds.until <= now() THEN excluded.next_canary_at ELSE holds.next_canary_at END
     WHERE holds.next_canary_at IS NOT NULL OR holds.until <= now()`;
const PLACE: Record<HoldRow['scope'], Statement> = {
  account: { name: 'hold_account', text: placing('account', 'appid') },
  merchant: { name: 'hold_merchant', text: placing('merchant', 'merchant_id') },
};

/** Accounts and merchants whose next canary is due: one process gets each. Canaries leave after 30 s, 2 min, 10 min, then every 15 min. */
const CANARIES: Statement = {
  name: 'canaries',
  text: `
    UPDATE holds SET canaries = canaries + 1,
           next_canary_at = clock_timestamp()
             + make_interval(secs => CASE WHEN until IS NOT NULL THEN 900 WHEN canaries = 0 THEN 120 WHEN canaries = 1 THEN 600 ELSE 900 END)
     WHERE ${ACTIVE} AND next_canary_at <= now()
    RETURNING coalesce(appid, merchant_id::text) AS whom`,
};

const LIFT: Statement = {
  name: 'lift',
  text: `UPDATE holds SET lifted_at = clock_timestamp(), lifted_by = $2
          WHERE (appid = $1 OR merchant_id = $3) AND lifted_at IS NULL AND next_canary_at IS NOT NULL`,
};

const FIRST_CANARY_SECONDS = 30;
const QUOTA_CANARY_SECONDS = 900;
/** A day's quota comes back at midnight; not every process needs to ask in the same second. */
const QUOTA_JITTER_SECONDS = 600;

/** Pauses of accounts and merchants. The claim passes over what is held; nothing else looks at them. */
export class Holds {
  constructor(
    private readonly dataSource: DataSource,
    private readonly chance: () => number,
  ) {}

  async place({ issuerAppid, merchantId, cardId }: Claimed, outcome: Outcome & { kind: 'held' }): Promise<void> {
    const scope = outcome.whom ?? 'account';
    const jitter = Math.floor(this.chance() * QUOTA_JITTER_SECONDS * 1000);
    const until = outcome.until && new Date(outcome.until.getTime() + jitter);
    const canary = until ? QUOTA_CANARY_SECONDS : FIRST_CANARY_SECONDS;
    await run(this.dataSource, PLACE[scope], [
      uuidv7(),
      scope === 'account' ? issuerAppid : merchantId,
      outcome.errcode,
      outcome.errmsg,
      outcome.reason,
      until,
      canary,
      scope === 'merchant' ? cardId : null,
    ]);
  }

  /** The merchant's default may have been mended since the order was claimed. */
  async mended({ merchantId }: Claimed): Promise<void> {
    await asEngine(this.dataSource, (client) => useMendedTemplate(client, merchantId));
  }

  /** Accounts (appid) and merchants (id) for which this process may now let one order through. */
  async canaries(): Promise<string[]> {
    return (await run<{ whom: string }>(this.dataSource, CANARIES, [])).map(({ whom }) => whom);
  }

  /** A canary was let through that came to no call: it says nothing, and the next need not wait. */
  async again({ issuerAppid, merchantId }: Claimed): Promise<void> {
    await asEngine(this.dataSource, (client) =>
      client.query(
        `UPDATE holds SET next_canary_at = clock_timestamp(), canaries = greatest(canaries - 1, 0)
          WHERE (appid = $1 OR merchant_id = $2) AND lifted_at IS NULL AND next_canary_at IS NOT NULL`,
        [issuerAppid, merchantId],
      ),
    );
  }

  /** A canary came through: the cause is gone. A hold that a person made stays. */
  async lift({ issuerAppid, merchantId }: Claimed): Promise<void> {
    await run(this.dataSource, LIFT, [issuerAppid, 'canary', merchantId]);
  }
}

/** Active holds, newest first, in pages. */
export async function listHolds(client: PoolClient, limit: number, after: string | null): Promise<HoldRow[]> {
  const { rows } = await client.query<HoldRow>(
    `SELECT ${COLUMNS} FROM holds WHERE ${ACTIVE} AND ($1::uuid IS NULL OR id < $1) ORDER BY id DESC LIMIT $2`,
    [after, limit + 1],
  );
  return rows;
}

/** A hold made by a person; null when the account or merchant is held already. */
export async function placeByHand(
  client: PoolClient,
  hold: Pick<HoldRow, 'scope' | 'appid' | 'merchant_id' | 'reason' | 'until'>,
): Promise<HoldRow | null> {
  const { scope, appid, merchant_id, reason, until } = hold;
  await client.query(
    `UPDATE holds SET lifted_at = until, lifted_by = 'time'
      WHERE lifted_at IS NULL AND until <= now() AND (appid = $1 OR merchant_id = $2)`,
    [appid, merchant_id],
  );
  const { rows } = await client.query<HoldRow>(
    `INSERT INTO holds (id, scope, appid, merchant_id, reason, until) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT DO NOTHING RETURNING ${COLUMNS}`,
    [uuidv7(), scope, appid, merchant_id, reason, until],
  );
  return rows[0] ?? null;
}

/** The hold that was lifted, or null when there is no such active hold. */
export async function liftByHand(client: PoolClient, id: string, by: string): Promise<HoldRow | null> {
  const { rows } = await client.query<HoldRow>(
    `UPDATE holds SET lifted_at = clock_timestamp(), lifted_by = $2 WHERE id = $1 AND lifted_at IS NULL RETURNING ${COLUMNS}`,
    [id, by],
  );
  return rows[0] ?? null;
}
