import { DoorHandler, refusal, WechatAnswer } from '../token-gateway/wechat-door';
import { AccountCalls } from '../wechat/account-calls';
import { NotDone } from '../wechat/call-verdict';
import { Errcode } from '../wechat/errcodes';
import { plainId } from '../wechat/plain-id';
import { WIRE_PATHS } from '../wechat/wire';
import { Admission, Admitted } from './admission';
import { missing, textOf } from './fields';
import { MediaShelf } from './media-shelf';
import { OwnAccount } from './own-account';
import { wordOf } from './wechat-word';

/** getpdf: WeChat's link to an upload of the merchant's. WeChat is given the file when its link is first asked for. */
export class Uploads {
  constructor(
    private readonly admission: Admission,
    private readonly accounts: OwnAccount,
    private readonly shelf: MediaShelf,
    private readonly calls: AccountCalls,
  ) {}

  doors(): Record<string, DoorHandler> {
    return { [WIRE_PATHS.getpdf]: this.admission.json('orders:write', (admitted) => this.getpdf(admitted)) };
  }

  private async getpdf({ json, query, ...holder }: Admitted): Promise<WechatAnswer> {
    const absent = missing({ action: query.action, ...json }, 'action', 's_media_id');
    if (absent) return absent;
    const mediaId = textOf(json.s_media_id);
    const pdf = await this.shelf.get(holder.caller.merchantId, mediaId);
    if (!pdf) return refusal(Errcode.InvalidMediaId);
    const issuer = await this.accounts.issuer(holder);
    const there = await this.idAtWechat(holder.caller.merchantId, mediaId, () => this.calls.upload(issuer, pdf));
    if (typeof there !== 'string') return wordOf(there);
    const link = await this.calls.ask('getpdf', issuer, { action: 'get_url', s_media_id: there });
    return wordOf(link);
  }

  private async idAtWechat(
    merchantId: string,
    mediaId: string,
    upload: () => ReturnType<AccountCalls['upload']>,
  ): Promise<string | NotDone> {
    const known = await this.shelf.wechatIdOf(merchantId, mediaId);
    if (known !== null) return known;
    const verdict = await upload();
    if (verdict.kind !== 'done') return verdict;
    const id = plainId(verdict.body.s_media_id) as string;
    await this.shelf.keepWechatId(merchantId, mediaId, id);
    return id;
  }
}
