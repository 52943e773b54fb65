import { PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { Sealer } from '../data/sealed';
import { asEngine } from '../data/statement';
import { Outcome } from '../domain/outcome';
import { failpoint } from '../failpoints';
import { Settlements, Subject } from './settle';

/**
 * An answer that arrived after its lease was lost is evidence, not garbage: it is kept, and where it says that there is a
 * card it settles the doubt, or gives the code to a card whose code was unknown. An insertion that is being probed at
 * this moment is settled when that probe is recorded.
 */
export class LateAnswers {
  constructor(
    private readonly dataSource: DataSource,
    private readonly sealer: Sealer,
    private readonly settlements: Settlements,
  ) {}

  /** `n`: the attempt that was answered. Nothing is kept when it turns out that this very answer has been recorded. */
  async keep(subject: Subject, n: number, outcome: Outcome): Promise<void> {
    if (await this.wasRecorded(subject, n)) return;
    const inserted = outcome.kind === 'inserted' ? outcome : null;
    const { openid, unionid } = inserted ?? { openid: null, unionid: null };
    const person =
      openid && this.sealer.seal(JSON.stringify({ openid, unionid: unionid ?? undefined }), `insertions|${subject.id}`);
    await this.write(subject, { outcome: outcome.kind }, inserted?.cardCode ?? null, person);
    await failpoint('late.kept');
    if (inserted) await this.settle(subject);
  }

  /** An answer that cannot be believed, kept for the person who will look at it. */
  async doubt(subject: Subject, data: Record<string, unknown>): Promise<void> {
    await this.write(subject, data, null, null);
  }

  /**
   * Looks whether there is evidence for a card, and settles what is in doubt by it. Called after each of the two writes
   * that may cross (evidence, and the record of a probe), so that whichever comes last sees the other. True: settled.
   */
  settle(subject: Subject): Promise<boolean> {
    return asEngine(this.dataSource, async (client) => {
      // The row is locked first: only then is all evidence seen that was there when it became what it is.
      const locked = await this.settlements.lock(client, subject);
      const witness = await witnessOf(client, subject);
      if (!locked || !witness.card || witness.codes > 1) return false;
      const { code, person } = witness;
      const settlement =
        code !== null && locked.insertion.state === 'inserted'
          ? ({ kind: 'codeLearnt', cardCode: code } as const)
          : ({ kind: 'cardFound', cardCode: code } as const);
      const settled = await this.settlements.settle(client, locked, settlement, {
        data: { source: 'late_answer' },
        person,
      });
      return settled.kind === 'settled';
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

export interface Witness {
  /** Something says that there is a card. */
  card: boolean;
  code: string | null;
  /** Two codes for one order: neither can be believed. */
  codes: number;
  person: Buffer | null;
}

/** All that the evidence says about a card of this order. */
export async function witnessOf(client: PoolClient, { merchantId, id }: Subject): Promise<Witness> {
  const { rows } = await client.query<Witness>(WITNESS, [merchantId, id]);
  return rows[0] as Witness;
}

const WITNESS = `
  SELECT count(*) > 0 AS card, min(card_code) AS code, count(DISTINCT card_code)::integer AS codes,
         (array_agg(person) FILTER (WHERE person IS NOT NULL))[1] AS person
    FROM evidence
   WHERE merchant_id = $1 AND id = $2 AND (card_code IS NOT NULL OR data ->> 'outcome' = 'inserted')`;
