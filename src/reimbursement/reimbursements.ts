import { DataSource } from 'typeorm';
import { Accounts } from '../accounts/accounts';
import { Sealer } from '../data/sealed';
import { asEngine } from '../data/statement';
import { Caller } from '../merchants/merchants';
import { InvoiceDownload } from '../wechat/invoice-download';
import { changeVerdict, readVerdict, ReimburseVerdict } from '../wechat/reimburse-verdict';
import { ReimburserClient, ShownCard } from '../wechat/reimburser-client';
import { Errcode, errcodeFact } from '../wechat/errcodes';
import { TokenAccount, TokenManager } from '../wechat/tokens';
import { ReimburseStatus } from '../wechat/wire';
import { withToken } from '../wechat/with-token';
import { closeIntent, openIntent } from './intents';
import { itemsOf, SeenItem, seenItem } from './seen-item';
import { keepChanged, keepSeen, SeenCard, shownCardOf, unknownCards } from './shown-cards';

/** What a reimburser asks of WeChat, in the name of the one account that may. */
export class Reimbursements {
  constructor(
    private readonly dataSource: DataSource,
    private readonly sealer: Sealer,
    private readonly accounts: Accounts,
    private readonly tokens: TokenManager,
    private readonly wechat: ReimburserClient,
    readonly files: InvoiceDownload,
  ) {}

  async query(caller: Caller, card: ShownCard): Promise<ReimburseVerdict> {
    return this.read(await this.accounts.reimburser(caller.issuerAppid), card);
  }

  async queryBatch(caller: Caller, cards: ShownCard[]): Promise<ReimburseVerdict> {
    const account = await this.accounts.reimburser(caller.issuerAppid);
    return this.readBatch(account, cards);
  }

  /** Asks WeChat how the card of an order stands, as the one asked to whom its user showed it. Null: it was shown to nobody. */
  async readAgain(order: { merchantId: string; id: string }): Promise<ReimburseVerdict | null> {
    const shown = await asEngine(this.dataSource, (client) => shownCardOf(client, this.sealer, order));
    return shown && this.read(await this.accounts.issuer(shown.appid), shown.card);
  }

  async change(caller: Caller, card: ShownCard, status: ReimburseStatus): Promise<ReimburseVerdict> {
    return this.send(caller, [card], status, (token) => this.wechat.updateinvoicestatus(token, card, status));
  }

  /** All of them or none. `openid` names their user as the reimburser's account knows him. */
  async changeBatch(
    caller: Caller,
    openid: string,
    cards: ShownCard[],
    status: ReimburseStatus,
  ): Promise<ReimburseVerdict> {
    return this.send(caller, cards, status, (token) => this.wechat.updatestatusbatch(token, openid, cards, status));
  }

  private async send(
    caller: Caller,
    cards: ShownCard[],
    status: ReimburseStatus,
    call: Parameters<typeof withToken>[2],
  ): Promise<ReimburseVerdict> {
    // 冲红 is the issuer's act: WeChat answers it like this, and need not be asked.
    if (status === 'INVOICE_REIMBURSE_CANCEL') return STATUS_ERROR;
    const account = await this.accounts.reimburser(caller.issuerAppid);
    const id = await asEngine(this.dataSource, (client) => openIntent(client, caller, account.appid, cards, status));
    const verdict = changeVerdict(await withToken(this.tokens, account, call));
    const answeredAt = performance.now();
    const unknown = await asEngine(this.dataSource, async (client) => {
      await closeIntent(client, caller, { id, status, cards: cards.length }, verdict);
      if (verdict.kind !== 'done') return [];
      await keepChanged(client, cards, status, answeredAt);
      return unknownCards(client, cards);
    });
    // A card that was locked without having been read first: reading it says whose order it is.
    if (unknown.length > 0) await this.readBatch(account, unknown);
    return verdict;
  }

  private async read(account: TokenAccount, card: ShownCard): Promise<ReimburseVerdict> {
    const askedAt = performance.now();
    const asked = await withToken(this.tokens, account, (token) => this.wechat.getinvoiceinfo(token, card));
    const verdict = readVerdict(asked);
    if (verdict.kind === 'done')
      await this.keep(account, [{ ...seenItem(verdict.body), encryptCode: card.encrypt_code }], askedAt);
    return verdict;
  }

  private async readBatch(account: TokenAccount, cards: ShownCard[]): Promise<ReimburseVerdict> {
    const askedAt = performance.now();
    const asked = await withToken(this.tokens, account, (token) => this.wechat.getinvoicebatch(token, cards));
    const verdict = readVerdict(asked);
    if (verdict.kind === 'done') await this.keep(account, paired(itemsOf(verdict.body).map(seenItem), cards), askedAt);
    return verdict;
  }

  private async keep({ appid }: TokenAccount, seen: SeenCard[], askedAt: number): Promise<void> {
    await asEngine(this.dataSource, async (client) => {
      for (const one of seen) await keepSeen(client, this.sealer, appid, one, askedAt);
    });
  }
}

const STATUS_ERROR: ReimburseVerdict = {
  kind: 'refused',
  errcode: Errcode.InvoiceStatusError,
  errmsg: errcodeFact(Errcode.InvoiceStatusError)?.text ?? '',
  conflict: true,
};

/** Items do not say which encrypt_code they answer; where a card_id was asked for once, it does. */
function paired(items: SeenItem[], cards: ShownCard[]): SeenCard[] {
  return items
    .map((item) => {
      const asked = [
        ...new Set(cards.filter(({ card_id: id }) => id === item.cardId).map((card) => card.encrypt_code)),
      ];
      return { ...item, encryptCode: asked.length === 1 ? (asked[0] as string) : null };
    })
    .sort((a, b) => (a.orderId < b.orderId ? -1 : 1));
}
