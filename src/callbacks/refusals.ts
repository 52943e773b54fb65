import { Accounts } from '../accounts/accounts';
import { RefusedPushes } from '../accounts/refused-pushes';
import { CallbackDoor, CallbackQuery } from '../wechat/callback-message';
import { isSigned, isSignedBy, whyRefused } from '../wechat/callback-refusal';

/** Forged pushes make the accounts be looked through no more often than this. */
const LOOK_AGAIN_MS = 1000;

/** A push that was refused, and the account it came to: `door` null, its keys are not set; `known` null, it is not here. */
export interface RefusedAt {
  known: string | null;
  door: CallbackDoor | null;
  /** What the address names. */
  address: string;
}

/** Finds out why pushes are refused, and whose they are. */
export class Refusals {
  private lookedAt = -Infinity;

  constructor(
    private readonly accounts: Accounts,
    private readonly refused: RefusedPushes,
  ) {}

  async ofPush({ known, door, address }: RefusedAt, query: CallbackQuery, body: string): Promise<void> {
    const reason = door ? whyRefused(door, query, body, Date.now() / 1000) : known ? 'unset' : 'account';
    await this.refused.note(known, reason, address);
    if (reason === 'account' || reason === 'token') await this.findOwner(known, query, body, address);
  }

  async ofCheck({ known, door, address }: RefusedAt, query: CallbackQuery): Promise<void> {
    const reason = !isSigned(query) ? 'unsigned' : door ? 'url_check' : known ? 'unset' : 'account';
    await this.refused.note(known, reason, address);
    if (reason === 'account' || reason === 'url_check') await this.findOwner(known, query, '', address);
  }

  /** WeChat's check of this account's address was answered: the Token is right. */
  async checkPassed(account: string): Promise<void> {
    await this.refused.forget(account, ['url_check', 'token']);
  }

  /** An account whose Token signed it: its console has the wrong address. */
  private async findOwner(known: string | null, query: CallbackQuery, body: string, address: string): Promise<void> {
    if (performance.now() - this.lookedAt < LOOK_AGAIN_MS || !isSigned(query)) return;
    this.lookedAt = performance.now();
    for (const { appid } of await this.accounts.all()) {
      const token = appid === known ? undefined : (await this.accounts.find(appid))?.callbackKeys?.token;
      if (token !== undefined && isSignedBy(token, query, body)) await this.refused.note(appid, 'address', address);
    }
  }
}
