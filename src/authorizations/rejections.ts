import { DataSource } from 'typeorm';
import { Accounts, WechatAccount } from '../accounts/accounts';
import { SetUp } from '../accounts/set-up';
import { asEngine } from '../data/statement';
import { endRejected, release, seize, Seizure } from '../insertion/rejection';
import { Settlements } from '../insertion/settle';
import { Caller } from '../merchants/merchants';
import { AccountCalls } from '../wechat/account-calls';
import { NotDone } from '../wechat/call-verdict';
import { isTaken, writeRejected } from './authorization.store';

export interface RejectionDraft {
  orderId: string;
  reason: string;
  url?: string;
}

export type Rejected =
  { kind: 'rejected' } | { kind: 'busy' | 'has_card' | 'taken' } | { kind: 'not_done'; verdict: NotDone };

/** 拒绝开票 (rejectinsert): before an order was posted here, or before its card. The order number is dead afterwards. */
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
    if (await asEngine(this.dataSource, (client) => isTaken(client, name))) return { kind: 'taken' };
    const issuer = (await this.accounts.issuer(issuerAppid)) as WechatAccount;
    const platform = await this.setUp.pappid(issuer);
    if ('verdict' in platform) return { kind: 'not_done', verdict: platform.verdict };
    const seizure = order ? await this.seize(merchantId, order) : null;
    if (seizure?.kind === 'busy') return { kind: 'busy' };
    if (seizure?.kind === 'ended' && seizure.state !== 'refused') {
      return { kind: seizure.state === 'rejected' ? 'rejected' : 'has_card' };
    }
    const { orderId: order_id, reason, url } = draft;
    const body = { s_pappid: platform.sPappid, order_id, reason, ...(url === undefined ? {} : { url }) };
    const verdict = await this.calls.ask('rejectinsert', merchant, body);
    await asEngine(this.dataSource, async (client) => {
      const subject = seizure?.kind === 'free' ? { merchantId, id: order as string } : null;
      if (verdict.kind !== 'done') {
        if (subject) await release(client, subject);
        return;
      }
      // The insertion first, like everybody who locks both.
      if (subject) await endRejected(client, this.settlements, subject);
      await writeRejected(client, name, issuerAppid, reason);
    });
    return verdict.kind === 'done' ? { kind: 'rejected' } : { kind: 'not_done', verdict };
  }

  private seize(merchantId: string, id: string): Promise<Seizure> {
    return asEngine(this.dataSource, (client) =>
      seize(client, this.settlements, { merchantId, id }, this.leaseSeconds),
    );
  }
}
