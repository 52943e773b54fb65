import { DataSource } from 'typeorm';
import { Sealer } from '../data/sealed';
import { asEngine } from '../data/statement';
import { advance, Insertion, Policy } from '../domain/insertion';
import { Outcome } from '../domain/outcome';
import { failpoint } from '../failpoints';
import { ClaimedRow, insertionFrom } from './claimed';

interface Subject {
  merchantId: string;
  id: string;
}

/**
 * An answer that arrived after its lease was lost is evidence, not garbage: it is kept, and where it says that there is a
 * card it settles the doubt, or gives the code to a card whose code was unknown. An insertion that is being probed at
 * this moment is settled when that probe is recorded.
 */
export class LateAnswers {
  constructor(
    private readonly dataSource: DataSource,
    private readonly sealer: Sealer,
  ) {}

  /** `n`: the attempt that was answered. Nothing is kept when it turns out that this very answer has been recorded. */
  async keep(subject: Subject, n: number, outcome: Outcome, now: Date, policy: Policy): Promise<void> {
    if (await this.wasRecorded(subject, n)) return;
    const inserted = outcome.kind === 'inserted' ? outcome : null;
    const { openid, unionid } = inserted ?? { openid: null, unionid: null };
    const person =
      openid && this.sealer.seal(JSON.stringify({ openid, unionid: unionid ?? undefined }), `insertions|${subject.id}`);
    await this.write(subject, { outcome: outcome.kind }, inserted?.cardCode ?? null, person);
    await failpoint('late.kept');
    if (inserted) await this.settle(subject, now, policy);
  }

  /** An answer that cannot be believed, kept for the person who will look at it. */
  async doubt(subject: Subject, data: Record<string, unknown>): Promise<void> {
    await this.write(subject, data, null, null);
  }

  /**
   * Looks whether there is evidence for a card, and settles what is in doubt by it. Called after each of the two writes
   * that may cross (evidence, and the record of a probe), so that whichever comes last sees the other. True: settled.
   */
  settle({ merchantId, id }: Subject, now: Date, policy: Policy): Promise<boolean> {
    return asEngine(this.dataSource, async (client) => {
      // The row is locked first: only then is all evidence seen that was there when it became what it is.
      const { rows } = await client.query<ClaimedRow>(
        'SELECT * FROM insertions WHERE merchant_id = $1 AND id = $2 FOR UPDATE',
        [merchantId, id],
      );
      const found = await client.query<Witness>(WITNESS, [merchantId, id]);
      const [row, witness] = [rows[0], found.rows[0]];
      if (!row || !witness?.card || witness.codes > 1 || !settledBy(row, witness)) return false;
      const { code } = witness;
      const card = { kind: 'inserted', cardCode: code, openid: null, unionid: null } as const;
      const next = advance(insertionFrom(row), card, now, policy);
      const values = [next.state, next.cardCode, next.cardCodeState, witness.person, story(row.state, next)];
      await client.query(SETTLE, [merchantId, id, ...values]);
      return true;
    });
  }

  /** A COMMIT whose answer was lost makes a recorded answer look late. */
  private async wasRecorded({ merchantId, id }: Subject, n: number): Promise<boolean> {
    const { rows } = await asEngine(this.dataSource, (client) =>
      client.query(
        `SELECT FROM attempts WHERE merchant_id = $1 AND id = $2 AND n = $3 AND outcome <> 'orphaned' LIMIT 1`,
        [merchantId, id, n],
      ),
    );
    return rows.length > 0;
  }

  private async write({ merchantId, id }: Subject, data: object, code: string | null, person: Buffer | string | null) {
    await asEngine(this.dataSource, (client) =>
      client.query(
        `INSERT INTO evidence (merchant_id, id, kind, card_code, person, data) VALUES ($1, $2, 'late_answer', $3, $4, $5)`,
        [merchantId, id, code, person, data],
      ),
    );
  }
}

interface Witness {
  /** Something says that there is a card. */
  card: boolean;
  code: string | null;
  /** Two codes for one order: neither can be believed. */
  codes: number;
  person: Buffer | null;
}

const WITNESS = `
  SELECT count(*) > 0 AS card, min(card_code) AS code, count(DISTINCT card_code)::integer AS codes,
         (array_agg(person) FILTER (WHERE person IS NOT NULL))[1] AS person
    FROM evidence
   WHERE merchant_id = $1 AND id = $2 AND (card_code IS NOT NULL OR data ->> 'outcome' = 'inserted')`;

function settledBy(row: ClaimedRow, witness: Witness): boolean {
  if (row.state === 'inserted') return row.card_code_state === 'unknown' && witness.code !== null;
  if (row.state === 'needs_human') return row.doubt_since !== null;
  return row.state === 'in_doubt' || row.state === 'likely_inserted';
}

/** The fence moves, so that whoever holds the row finds it taken. */
const SETTLE = `
  WITH settled AS (
    UPDATE insertions
       SET state = $3, card_code = $4, card_code_state = $5, person = coalesce($6, person), reason = NULL,
           doubt_since = NULL, due_at = NULL, claimed_by = NULL, crashes = 0, fence = fence + 1, events = events + 1,
           updated_at = clock_timestamp()
     WHERE merchant_id = $1 AND id = $2
    RETURNING merchant_id, id, events)
  INSERT INTO events (merchant_id, id, seq, at, type, data)
  SELECT merchant_id, id, events, clock_timestamp(), $3, $7 FROM settled`;

function story(before: string, next: Insertion): Record<string, unknown> {
  return {
    outcome: 'late_answer',
    ...(next.cardCode ? { card_code: next.cardCode } : {}),
    ...(before === 'inserted' ? { reason: 'code_learnt' } : {}),
  };
}
