import { CallName, CALLS } from './call-judgements';
import { CallVerdict, callVerdict } from './call-verdict';
import { WechatClient } from './client';
import { TokenAccount, TokenManager } from './tokens';
import { withToken } from './with-token';

/** Calls outside the path of an insertion, each in the name of the account it must be made in. */
export class AccountCalls {
  constructor(
    private readonly tokens: TokenManager,
    private readonly wechat: WechatClient,
  ) {}

  async ask(
    call: CallName,
    account: TokenAccount,
    body: object,
    query: Record<string, string> = {},
  ): Promise<CallVerdict> {
    const { path, needs } = CALLS[call];
    const asked = await withToken(this.tokens, account, (token) =>
      this.wechat.post(token, path, body, { query, successField: needs ?? null }),
    );
    return callVerdict(call, asked);
  }

  /** setpdf outside an insertion. */
  async upload(account: TokenAccount, pdf: Buffer): Promise<CallVerdict> {
    return callVerdict('setpdf', await withToken(this.tokens, account, (token) => this.wechat.setpdf(token, pdf)));
  }
}
