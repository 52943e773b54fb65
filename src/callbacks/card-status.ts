import { PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { Sealer } from '../data/sealed';
import { asEngine } from '../data/statement';
import { noteReimbursement } from '../insertion/reimbursement-event';
import { Settlements, Subject } from '../insertion/settle';
import { Reimbursements } from '../reimbursement/reimbursements';
import { CallbackFields } from '../wechat/callback-fields';
import { plainId } from '../wechat/plain-id';
import { ReimburseStatus } from '../wechat/wire';
import { Processed } from './processed';

const STATUSES: readonly string[] = [
  'INVOICE_REIMBURSE_INIT',
  'INVOICE_REIMBURSE_LOCK',
  'INVOICE_REIMBURSE_CLOSURE',
  'INVOICE_REIMBURSE_CANCEL',
];
/** More open candidates than this could not be told apart by anybody. */
const MANY = 1000;

interface Candidate {
  merchant_id: string;
  id: string;
  person: Buffer | null;
}

/** update_invoice_status: a card's state changed; and sometimes the only place where a lost card code is ever seen. */
export class CardStatuses {
  constructor(
    private readonly dataSource: DataSource,
    private readonly sealer: Sealer,
    private readonly settlements: Settlements,
    private readonly reimbursements: Reimbursements,
  ) {}

  /** Not encrypted, it could be anybody's who saw one: it tells nothing, and WeChat is asked where a user has shown the card. */
  async changed(account: string, fields: CallbackFields, encrypted: boolean): Promise<Processed> {
    const { Status: status = '', CardId: cardId, FromUserName: openid, CreateTime } = fields;
    // A code is kept for ever: what can be none is not learnt.
    const code = plainId(fields.Code);
    if (!STATUSES.includes(status) || !cardId || !code) return { kind: 'done', outcome: 'incomplete' };
    if (!encrypted) return this.hinted(account, cardId, code);
    return asEngine(this.dataSource, async (client) => {
      const order =
        (await withCode(client, account, cardId, code)) ??
        (openid ? await this.recover(client, account, { cardId, code, openid }) : null);
      if (!order) return { kind: 'parked' };
      if (status === 'INVOICE_REIMBURSE_CANCEL') await this.cancelled(client, order);
      const when = { pushed: seconds(CreateTime) };
      const noted = await noteReimbursement(client, order, status as ReimburseStatus, 'callback', when);
      return { kind: 'done', outcome: noted ? 'noted' : 'noted_before' };
    });
  }

  private async hinted(account: string, cardId: string, code: string): Promise<Processed> {
    const order = await asEngine(this.dataSource, (client) => withCode(client, account, cardId, code));
    if (!order) return { kind: 'parked' };
    const verdict = await this.reimbursements.readAgain(order);
    if (verdict?.kind === 'notNow') return { kind: 'parked' };
    return { kind: 'done', outcome: verdict?.kind === 'done' ? 'asked' : 'unproved' };
  }

  /**
   * The code belongs to the one card of this template, in this user's wallet, whose code is unknown, or of
   * which people said that there is none; where there is more
   * than one, or one whose holder is unknown, nothing is guessed.
   */
  private async recover(
    client: PoolClient,
    account: string,
    { cardId, code, openid }: { cardId: string; code: string; openid: string },
  ): Promise<Subject | null> {
    const { rows } = await client.query<Candidate>(
      `SELECT i.merchant_id, i.id, i.person
         FROM insertions i JOIN orders o ON o.merchant_id = i.merchant_id AND o.id = i.id
        WHERE i.issuer_appid = $1 AND o.card_id = $2 AND i.card_code IS NULL
          AND (i.card_code_state = 'unknown' OR i.doubt_since IS NOT NULL OR i.doubt_denied) LIMIT $3`,
      [account, cardId, MANY],
    );
    const holders = rows.map((row) => ({ row, holder: this.holderOf(row) }));
    const possible = holders.filter(({ holder }) => holder === null || holder === openid);
    const [only] = possible;
    if (rows.length === MANY || possible.length !== 1 || only?.holder !== openid) return null;
    const subject = { merchantId: only.row.merchant_id, id: only.row.id };
    const locked = await this.settlements.lock(client, subject);
    if (!locked) return null;
    const kind = locked.insertion.state === 'inserted' ? ('codeLearnt' as const) : ('cardFound' as const);
    const settled = await this.settlements.settle(
      client,
      locked,
      { kind, cardCode: code },
      { data: { source: 'event' } },
    );
    return settled.kind === 'settled' ? subject : null;
  }

  /** The card was cancelled (冲红) by somebody else in the issuer's name, or by us, whose answer was lost. */
  private async cancelled(client: PoolClient, order: Subject): Promise<void> {
    const locked = await this.settlements.lock(client, order);
    if (locked) await this.settlements.settle(client, locked, { kind: 'cancelled' }, { data: { source: 'event' } });
  }

  private holderOf({ id, person }: Candidate): string | null {
    return this.sealer.opened<{ openid?: string }>(person, `insertions|${id}`).value?.openid ?? null;
  }
}

/**
 * The order of a known code, of this account as its issuer or as the account that authorised. Codes are found under their
 * issuers only, which are among the accounts: each is a look into the index.
 */
export const ORDER_OF_CODE = `
  SELECT i.merchant_id, i.id FROM insertions i JOIN orders o ON o.merchant_id = i.merchant_id AND o.id = i.id
   WHERE i.issuer_appid = ANY (ARRAY(SELECT appid FROM accounts)) AND i.card_code = $3 AND o.card_id = $2
     AND (i.issuer_appid = $1 OR o.appid = $1) LIMIT 2`;

async function withCode(client: PoolClient, account: string, cardId: string, code: string): Promise<Subject | null> {
  const { rows } = await client.query<{ merchant_id: string; id: string }>(ORDER_OF_CODE, [account, cardId, code]);
  const [row, second] = rows;
  return row && !second ? { merchantId: row.merchant_id, id: row.id } : null;
}

/** Unix seconds of WeChat's clock; null where they are none. */
function seconds(createTime: string | undefined): number | null {
  return /^\d{1,10}$/.test(createTime ?? '') ? Number(createTime) : null;
}
