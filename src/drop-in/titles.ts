import { DoorHandler, WechatAnswer } from '../token-gateway/wechat-door';
import { AccountCalls } from '../wechat/account-calls';
import { WIRE_PATHS } from '../wechat/wire';
import { Admission, Admitted } from './admission';
import { OwnAccount } from './own-account';
import { wordOf } from './wechat-word';

const CALLS = ['getusertitleurl', 'getselecttitleurl', 'scantitle'] as const;

/** 极速开票: users’ titles (抬头), which WeChat alone keeps. Nothing of them stays here. */
export class Titles {
  constructor(
    private readonly admission: Admission,
    private readonly accounts: OwnAccount,
    private readonly calls: AccountCalls,
  ) {}

  doors(): Record<string, DoorHandler> {
    const doors = CALLS.map((call) => [
      WIRE_PATHS[call],
      this.admission.json('orders:write', (admitted) => this.ask(call, admitted)),
    ]);
    return Object.fromEntries(doors) as Record<string, DoorHandler>;
  }

  private async ask(call: (typeof CALLS)[number], { json, ...holder }: Admitted): Promise<WechatAnswer> {
    const own = await this.accounts.authorising(holder);
    return 'refused' in own ? own.refused : wordOf(await this.calls.ask(call, own.account, json));
  }
}
