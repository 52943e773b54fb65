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
 * An answer that arrived after its lease was lost is evidence, not garbage: it is kept, and where it carries a card's code
 * it settles the doubt, or gives the code to a card whose code was unknown. An insertion that is being probed at this
 * moment takes the code when that probe is recorded.
 */
export class LateAnswers {
  constructor(
    private readonly dataSource: DataSource,
    private readonly sealer: Sealer,
  ) {}

  async keep(subject: Subject, outcome: Outcome, now: Date, policy: Policy): Promise<void> {
    const inserted = outcome.kind === 'inserted' ? outcome : null;
    const { openid, unionid } = inserted ?? { openid: null, unionid: null };
    const person =
      openid && this.sealer.seal(JSON.stringify({ openid, unionid: unionid ?? undefined }), `insertions|${subject.id}`);
    await asEngine(this.dataSource, async (client) => {
      await client.query(
        `INSERT INTO evidence (merchant_id, id, kind, card_code, person, data) VALUES ($1, $2, 'late_answer', $3, $4, $5)`,
        [subject.merchantId, subject.id, inserted?.cardCode ?? null, person, { outcome: outcome.kind }],
      );
      await failpoint('late.kept');
      if (!inserted) return;
      const { rows } = await client.query<ClaimedRow>(
        `SELECT * FROM insertions WHERE merchant_id = $1 AND id = $2
            AND (state IN ('in_doubt', 'likely_inserted') OR (state = 'needs_human' AND doubt_since IS NOT NULL)
                 OR (state = 'inserted' AND card_code_state = 'unknown'))
          FOR UPDATE`,
        [subject.merchantId, subject.id],
      );
      const row = rows[0];
      if (!row) return;
      const next = advance(insertionFrom(row), inserted, now, policy);
      await client.query(SETTLE, [
        subject.merchantId,
        subject.id,
        next.state,
        next.cardCode,
        next.cardCodeState,
        person,
        story(row.state, next),
      ]);
    });
  }
}

/** The fence moves, so that whoever holds the row finds it taken. */
const SETTLE = `
  WITH settled AS (
    UPDATE insertions
       SET state = $3, card_code = $4, card_code_state = $5, person = coalesce($6, person), reason = NULL,
           doubt_since = NULL, due_at = NULL, claimed_by = NULL, fence = fence + 1, events = events + 1,
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
