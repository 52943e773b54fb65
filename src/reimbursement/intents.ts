import { PoolClient } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { audit } from '../audit/audit';
import { Caller } from '../merchants/merchants';
import { ReimburseVerdict } from '../wechat/reimburse-verdict';
import { ShownCard } from '../wechat/reimburser-client';
import { ReimburseStatus } from '../wechat/wire';
import { shownSha256 } from './shown-cards';

/** Written down before it is sent: reimbursing cannot be undone, and a lost answer must leave a trace. */
export async function openIntent(
  client: PoolClient,
  caller: Caller,
  appid: string,
  cards: ShownCard[],
  status: ReimburseStatus,
): Promise<string> {
  const id = uuidv7();
  await client.query(
    `INSERT INTO reimbursement_intents (merchant_id, id, appid, key_id, reimburse_status, cards_sha256)
     VALUES ($1, $2, $3, $4, $5, $6)`,
    [caller.merchantId, id, appid, caller.keyId, status, cards.map(shownSha256)],
  );
  return id;
}

export async function closeIntent(
  client: PoolClient,
  caller: Caller,
  intent: { id: string; status: ReimburseStatus; cards: number },
  verdict: ReimburseVerdict,
): Promise<void> {
  const { errcode = null, errmsg = null } = verdict.kind === 'done' ? {} : verdict;
  await client.query(
    `UPDATE reimbursement_intents SET ended_at = clock_timestamp(), outcome = $3, errcode = $4, errmsg = $5
      WHERE merchant_id = $1 AND id = $2`,
    [caller.merchantId, intent.id, verdict.kind, errcode, errmsg],
  );
  await audit(client, {
    merchantId: caller.merchantId,
    actor: `key ${caller.keyId}`,
    action: 'reimbursement.changed',
    object: intent.id,
    reason: null,
    data: { reimburse_status: intent.status, cards: intent.cards, outcome: verdict.kind, errcode },
  });
}
