import { PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { Settlement } from '../domain/settlement';
import { Problem } from '../http/problems';
import { witnessOf } from '../insertion/late-answers';
import { Locked, Settlements } from '../insertion/settle';
import { keepTestimony, lastAttemptEnded } from '../insertion/testimony';
import { Act, auditAct, onOrder, requireApplicable, settleOrRefuse } from './act';
import { mayActAs } from './operators';
import { ResolutionKind, ResolutionRequest } from './order-acts.api';
import { dependenceData, dependentProblem, OnePerson, onePerson } from './second-person';

export interface ResolutionRow {
  id: string;
  kind: ResolutionKind;
  state: 'pending' | 'settled';
  version: number;
  operator: string;
  reason: string;
  second_operator: string | null;
  second_reason: string | null;
  created_at: Date;
  settled_at: Date | null;
}

/** Of two persons each must be one who may still act. */
const LIVES = 'EXISTS (SELECT FROM operators o WHERE o.name = r.operator AND o.revoked_at IS NULL)';

const RESOLUTION = `id, kind, state, version, operator, reason, second_operator, second_reason, created_at, settled_at`;

/** Settles doubts by what people know: each decision is one transaction of the change, its record and its audit row. */
export class Resolutions {
  constructor(
    private readonly dataSource: DataSource,
    private readonly settlements: Settlements,
    private readonly quietSeconds: number,
  ) {}

  async resolve(act: Act, request: ResolutionRequest): Promise<ResolutionRow> {
    const done = (client: PoolClient, locked: Locked) => doneBefore(client, locked, act.id);
    const settled = await onOrder(this.dataSource, this.settlements, act, done, async (client, locked) => {
      const settled =
        request.kind === 'confirm_not_inserted'
          ? await this.confirmNotInserted(client, locked, act, request)
          : await this.decide(client, locked, act, request);
      const trail = (action: string, data: Record<string, unknown>) =>
        auditAct(client, locked, act.operator.name, action, request.reason, data);
      if ('until' in settled) {
        await trail('order.second_yes_refused', { kind: request.kind, ...dependenceData(settled) });
      } else {
        const { state, operator, second_operator: second } = settled;
        const by = second === null ? {} : { by: [operator, second] };
        await trail('order.resolved', {
          kind: request.kind,
          state,
          card_code_given: request.card_code !== undefined,
          ...by,
        });
      }
      return settled;
    });
    // Only now, that the trail is kept.
    if ('until' in settled) throw dependentProblem(settled);
    return settled;
  }

  private async decide(client: PoolClient, locked: Locked, act: Act, request: ResolutionRequest) {
    const { kind, evidence, card_code: cardCode = null } = request;
    await keepTestimony(client, locked, { cardCode, data: { by: act.operator.name, kind, evidence } });
    const settlement: Settlement =
      kind === 'confirm_inserted' ? { kind: 'confirmedInserted', cardCode } : { kind: 'abandoned' };
    await settleOrRefuse(client, this.settlements, locked, settlement);
    return this.store(client, locked, act, request, 'settled');
  }

  /**
   * It opens sending anew, so two people must be sure; and it waits until no request of ours can take effect any more: a
   * worker that was paused may still send until the quiet period after its attempt's end is over. Nor may anything that is
   * known say that there is a card: whoever thinks otherwise confirms or abandons it.
   */
  private async confirmNotInserted(
    client: PoolClient,
    locked: Locked,
    act: Act,
    request: ResolutionRequest,
  ): Promise<ResolutionRow | OnePerson> {
    // Of what was sent in a time that a restore took back, only the doubt tells.
    const latest = [await lastAttemptEnded(client, locked), locked.insertion.doubtSince];
    const quietUntil = Math.max(...latest.map((at) => at?.getTime() ?? 0)) + this.quietSeconds * 1000;
    if (locked.now.getTime() < quietUntil) throw new Problem('quiet_period');
    if ((await witnessOf(client, locked)).card) throw new Problem('evidence_of_card');
    const first = await this.pending(client, locked);
    if (!first) {
      requireApplicable(this.settlements, locked, { kind: 'confirmedNotInserted' });
      return this.store(client, locked, act, request, 'pending');
    }
    if (first.operator === act.operator.name || !mayActAs(act.operator, 'approver')) {
      throw new Problem('second_person_needed');
    }
    const one = await onePerson(client, first.operator, act.operator.name);
    if (one) return one;
    const data = { by: [first.operator, act.operator.name], kind: request.kind, evidence: request.evidence };
    await keepTestimony(client, locked, { cardCode: null, data });
    await settleOrRefuse(client, this.settlements, locked, { kind: 'confirmedNotInserted' });
    const { rows } = await client.query<ResolutionRow>(
      `UPDATE resolutions SET state = 'settled', second_id = $5, second_operator = $3, second_reason = $4,
              settled_at = clock_timestamp()
        WHERE merchant_id = $1 AND id = $2 RETURNING ${RESOLUTION}`,
      [locked.merchantId, first.id, act.operator.name, request.reason, act.id],
    );
    return rows[0] as ResolutionRow;
  }

  /** A first person's decision holds only while nothing has happened to the order since, and its key is not revoked. */
  private async pending(client: PoolClient, { merchantId, id, version }: Locked): Promise<ResolutionRow | undefined> {
    const { rows } = await client.query<ResolutionRow>(
      `SELECT ${RESOLUTION} FROM resolutions r
        WHERE merchant_id = $1 AND order_uuid = $2 AND state = 'pending' AND version = $3 AND ${LIVES}
        ORDER BY created_at LIMIT 1`,
      [merchantId, id, version],
    );
    return rows[0];
  }

  private async store(
    client: PoolClient,
    { merchantId, id, version }: Locked,
    act: Act,
    { kind, reason }: ResolutionRequest,
    state: 'pending' | 'settled',
  ): Promise<ResolutionRow> {
    const { rows } = await client.query<ResolutionRow>(
      `INSERT INTO resolutions (merchant_id, id, order_uuid, kind, state, version, operator, reason, settled_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, CASE WHEN $5 = 'settled' THEN clock_timestamp() END)
       RETURNING ${RESOLUTION}`,
      [merchantId, act.id, id, kind, state, version, act.operator.name, reason],
    );
    return rows[0] as ResolutionRow;
  }
}

/** A second person's decision is found by its own id as well. */
async function doneBefore(client: PoolClient, locked: Locked, id: string): Promise<ResolutionRow | undefined> {
  const { rows } = await client.query<ResolutionRow>(
    `SELECT ${RESOLUTION} FROM resolutions WHERE merchant_id = $1 AND order_uuid = $2 AND (id = $3 OR second_id = $3)`,
    [locked.merchantId, locked.id, id],
  );
  return rows[0];
}

/** What people decided about an order. `key`: merchant and order. */
export async function resolutionsOf(client: PoolClient, key: string[]): Promise<ResolutionRow[]> {
  const { rows } = await client.query<ResolutionRow>(
    `SELECT ${RESOLUTION} FROM resolutions WHERE merchant_id = $1 AND order_uuid = $2 ORDER BY created_at, id`,
    key,
  );
  return rows;
}
