import { PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { Accounts, WechatAccount } from '../accounts/accounts';
import { SetUp } from '../accounts/set-up';
import { audit } from '../audit/audit';
import { asEngine } from '../data/statement';
import { endRejected, release, seize } from '../insertion/rejection';
import { Settlements, Subject } from '../insertion/settle';
import { Caller } from '../merchants/merchants';
import { AccountCalls } from '../wechat/account-calls';
import { CallVerdict, NotDone } from '../wechat/call-verdict';
import { isTaken, OrderName, writeRejected } from './authorization.store';

export interface RejectionDraft {
  orderId: string;
  reason: string;
  url?: string;
}

export type Rejected =
  { kind: 'rejected' } | { kind: 'busy' | 'has_card' | 'taken' } | { kind: 'not_done'; verdict: NotDone };

/** Who rejects which order, and why. */
interface Wish {
  caller: Caller;
  name: OrderName;
  /** The uuid of the order that was posted here, if it was. */
  order: string | null;
  reason: string;
}

/**
 * 拒绝开票 (rejectinsert): before an order was posted here, or before its card. The order number is dead afterwards, which
 * cannot be undone: that it is asked for is written down before WeChat is told.
 */
export class Rejections {
  constructor(
    private readonly dataSource: DataSource,
    private readonly accounts: Accounts,
    private readonly setUp: SetUp,
    private readonly calls: AccountCalls,
    private readonly settlements: Settlements,
    private readonly leaseSeconds: number,
  ) {}

  /** `order`: the uuid of the order that was posted here, if it was. */
  async reject(
    caller: Caller,
    merchant: WechatAccount,
    draft: RejectionDraft,
    order: string | null,
  ): Promise<Rejected> {
    const { merchantId, issuerAppid } = caller;
    const name = { merchantId, appid: merchant.appid, orderId: draft.orderId };
    const wish = { caller, name, order, reason: draft.reason };
    const issuer = (await this.accounts.issuer(issuerAppid)) as WechatAccount;
    const platform = await this.setUp.pappid(issuer);
    if ('verdict' in platform) return { kind: 'not_done', verdict: platform.verdict };
    const begun = await asEngine(this.dataSource, (client) => this.begin(client, wish));
    if (begun.kind !== 'begun') return begun;
    const { seized } = begun;
    const { orderId: order_id, reason, url } = draft;
    const body = { s_pappid: platform.sPappid, order_id, reason, ...(url === undefined ? {} : { url }) };
    const verdict = await this.calls.ask('rejectinsert', merchant, body);
    await asEngine(this.dataSource, async (client) => {
      if (verdict.kind !== 'done') {
        if (seized) await release(client, seized);
      } else {
        const taken = await isTaken(client, name);
        // The insertion first, like everybody who locks both.
        if (seized) await endRejected(client, this.settlements, seized);
        // Another merchant has asked for an authorisation meanwhile: it is for that one that WeChat's word is found out.
        if (!taken) await writeRejected(client, name, issuerAppid, reason);
      }
      await writeAnswer(client, wish, verdict);
    });
    return verdict.kind === 'done' ? { kind: 'rejected' } : { kind: 'not_done', verdict };
  }

  /** `seized`: the order that is kept from being sent meanwhile. Only what WeChat is going to be asked leaves a trace. */
  private async begin(client: PoolClient, wish: Wish): Promise<Rejected | { kind: 'begun'; seized: Subject | null }> {
    const { name, order } = wish;
    if (await isTaken(client, name)) return { kind: 'taken' };
    const subject = order === null ? null : { merchantId: name.merchantId, id: order };
    const seizure = subject && (await seize(client, this.settlements, subject, this.leaseSeconds));
    if (seizure?.kind === 'busy') return { kind: 'busy' };
    if (seizure?.kind === 'ended' && seizure.state !== 'refused') {
      return { kind: seizure.state === 'rejected' ? 'rejected' : 'has_card' };
    }
    await write(client, wish, 'order.rejection_requested', {});
    return { kind: 'begun', seized: seizure?.kind === 'free' ? subject : null };
  }
}

function writeAnswer(client: PoolClient, wish: Wish, verdict: CallVerdict): Promise<void> {
  if (verdict.kind === 'done') return write(client, wish, 'order.rejected', {});
  const { kind: outcome, errcode } = verdict;
  return write(client, wish, 'order.rejection_failed', { outcome, errcode });
}

function write(client: PoolClient, { caller, name, order, reason }: Wish, action: string, more: object): Promise<void> {
  const { merchantId, appid, orderId } = name;
  const data = { appid, order_id: orderId, ...more };
  return audit(client, { merchantId, actor: `key ${caller.keyId}`, action, object: order ?? orderId, reason, data });
}
