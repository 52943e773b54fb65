import { PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { Accounts } from '../accounts/accounts';
import { audit } from '../audit/audit';
import { asEngine } from '../data/statement';
import { Inapplicable, whyInapplicable } from '../domain/settlement';
import { Settlements, Subject } from '../insertion/settle';
import { giveUpSale } from '../insertion/testimony';
import { WechatClient } from '../wechat/client';
import { TokenManager } from '../wechat/tokens';
import { CancelVerdict, cancelVerdict } from '../wechat/updatestatus';
import { withToken } from '../wechat/with-token';
import { intend, nextDue, record, Wish } from './cancellation.store';

/** What became of the wish to cancel. `under_way`: somebody else is telling WeChat at this moment. */
export type Cancelled = CancelVerdict | { kind: 'inapplicable'; why: Inapplicable } | { kind: 'under_way' };

/**
 * 冲红: WeChat is told that the invoice of a card is cancelled. The wish is written down first; what WeChat does not answer
 * clearly is told again later, which is safe because the state that is wanted is the same. An invoice whose order is
 * cancelled is free for another order; the order_id never is.
 */
export class CancelOrders {
  constructor(
    private readonly dataSource: DataSource,
    private readonly accounts: Accounts,
    private readonly tokens: TokenManager,
    private readonly wechat: WechatClient,
    private readonly settlements: Settlements,
    private readonly leaseSeconds: number,
  ) {}

  async cancel(order: Subject, act: { by: string; reason: string | null }): Promise<Cancelled> {
    const wish = await asEngine(this.dataSource, (client) => this.wish(client, order, act));
    if ('kind' in wish) return wish;
    return this.tell(wish);
  }

  /** Tells WeChat again what it has not answered clearly. False: nothing was due. */
  async tellDue(): Promise<boolean> {
    let told = false;
    for (let wish = await this.due(); wish; wish = await this.due()) {
      await this.tell(wish);
      told = true;
    }
    return told;
  }

  private due(): Promise<Wish | null> {
    return asEngine(this.dataSource, (client) => nextDue(client, this.leaseSeconds));
  }

  private async wish(client: PoolClient, order: Subject, act: { by: string; reason: string | null }) {
    const locked = await this.settlements.lock(client, order);
    const why: Inapplicable | null = locked ? whyInapplicable(locked.insertion, { kind: 'cancelled' }) : 'not_inserted';
    if (locked?.insertion.state === 'cancelled') return { kind: 'cancelled' } as const;
    if (why) return { kind: 'inapplicable', why } as const;
    const wish = await intend(client, order, act, this.leaseSeconds);
    if (!wish) return { kind: 'under_way' } as const;
    await giveUpSale(client, order);
    const { merchantId, id } = order;
    const { by: actor, reason } = act;
    await audit(client, { merchantId, actor, action: 'order.cancellation_requested', object: id, reason, data: {} });
    return wish;
  }

  private async tell(wish: Wish): Promise<CancelVerdict> {
    const account = await this.accounts.issuer(wish.issuerAppid);
    const card = { card_id: wish.cardId, code: wish.cardCode, reimburse_status: 'INVOICE_REIMBURSE_CANCEL' } as const;
    const asked = await withToken(this.tokens, account, (token) => this.wechat.updatestatus(token, card));
    const verdict = cancelVerdict(asked);
    await asEngine(this.dataSource, async (client) => {
      if (verdict.kind === 'cancelled') await this.settle(client, wish);
      await record(client, wish, verdict);
    });
    return verdict;
  }

  /** One that another process has settled meanwhile is as it should be. */
  private async settle(client: PoolClient, wish: Wish): Promise<void> {
    const locked = await this.settlements.lock(client, wish);
    if (locked) await this.settlements.settle(client, locked, { kind: 'cancelled' });
  }
}
