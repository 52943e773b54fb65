import { PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { Sealer } from '../data/sealed';
import { asEngine } from '../data/statement';
import { CallbackFields } from '../wechat/callback-fields';
import { masked } from './masked';

export const PUSH_STATES = ['received', 'parked', 'unreadable', 'done', 'expired'] as const;
export type PushState = (typeof PUSH_STATES)[number];

export interface KeptPush {
  id: string;
  appid: string;
  event: string;
  encrypted: boolean;
  state: PushState;
  outcome: string | null;
  tries: number;
  received_at: Date;
  processed_at: Date | null;
}

export interface PushFilter {
  state?: PushState | undefined;
  appid?: string | undefined;
  event?: string | undefined;
  limit: number;
  /** The id that the page before ended with. */
  after?: string | undefined;
}

/** A push that may be about one order, and may be about another. */
export interface Candidate {
  push: string;
  received_at: Date;
  encrypted: boolean;
  card_code: string;
  status: string | null;
}

/** So many parked pushes are looked through. */
const LATEST = 200;

const COLUMNS = 'id, appid, event, encrypted, state, outcome, tries, received_at, processed_at';

/** WeChat's pushes as they were kept, for people: what came, what it came to, and what nobody could read. */
export class KeptPushes {
  constructor(
    private readonly dataSource: DataSource,
    private readonly sealer: Sealer,
  ) {}

  /** Newest first; one more than asked for where there are more. */
  async list({ state, appid, event, limit, after }: PushFilter): Promise<KeptPush[]> {
    return this.dataSource.query<KeptPush[]>(
      `SELECT ${COLUMNS} FROM callbacks
        WHERE ($1::text IS NULL OR state = $1) AND ($2::text IS NULL OR appid = $2) AND ($3::text IS NULL OR event = $3)
          AND ($4::uuid IS NULL OR id < $4) ORDER BY id DESC LIMIT $5`,
      [state, appid, event, after, limit + 1],
    );
  }

  /** With what it says, nothing where that cannot be opened: its fields, or the text that is no document of fields; secrets are not shown. */
  async find(id: string): Promise<{ push: KeptPush; says: CallbackFields } | null> {
    const [row] = await this.dataSource.query<(KeptPush & { body: Buffer })[]>(
      `SELECT ${COLUMNS}, body FROM callbacks WHERE id = $1`,
      [id],
    );
    if (!row) return null;
    const { body, ...push } = row;
    return { push, says: masked(this.sealer.opened<CallbackFields>(body, `callbacks|${id}`).value ?? {}) };
  }

  /**
   * Pushes about cards of this template that fit no order by themselves: one of them may tell the code of a card that is in
   * doubt. Newest first, out of the latest two hundred.
   */
  async candidates(appids: string[], cardId: string): Promise<Candidate[]> {
    const rows = await this.dataSource.query<(KeptPush & { body: Buffer })[]>(
      `SELECT ${COLUMNS}, body FROM callbacks
        WHERE state = 'parked' AND event = 'update_invoice_status' AND appid = ANY ($1) ORDER BY id DESC LIMIT ${LATEST}`,
      [appids],
    );
    return rows.flatMap(({ id, body, encrypted, received_at }) => {
      const says: CallbackFields = this.sealer.opened<CallbackFields>(body, `callbacks|${id}`).value ?? {};
      const { CardId, Code, Status = null } = says;
      return CardId === cardId && Code ? [{ push: id, received_at, encrypted, card_code: Code, status: Status }] : [];
    });
  }

  /** A person has seen what nobody could read; `also` is of the same commit. False: there is no such push. */
  async seen(id: string, also: (client: PoolClient) => Promise<void>): Promise<boolean> {
    return asEngine(this.dataSource, async (client) => {
      const { rowCount } = await client.query(
        `UPDATE callbacks SET state = 'done', outcome = 'seen', processed_at = clock_timestamp()
          WHERE id = $1 AND state = 'unreadable'`,
        [id],
      );
      if (rowCount === 1) await also(client);
      return rowCount === 1;
    });
  }
}

/** How many pushes fit nothing yet, and how many wait for a person. */
export async function waitingPushes(dataSource: DataSource): Promise<Record<string, number>> {
  const rows = await dataSource.query<{ state: string; count: number }[]>(
    `SELECT state, count(*)::integer AS count FROM callbacks WHERE state IN ('parked', 'unreadable') GROUP BY state`,
  );
  return { parked: 0, unreadable: 0, ...Object.fromEntries(rows.map(({ state, count }) => [state, count])) };
}
