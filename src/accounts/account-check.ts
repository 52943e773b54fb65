import { DataSource } from 'typeorm';
import { CallVerdict, NotDone } from '../wechat/call-verdict';
import { clientIpIn } from '../wechat/client-ip';
import { EarlyDeaths, earlyDeaths, isThrash } from '../wechat/early-deaths';
import { Accounts, WechatAccount } from './accounts';
import { Finding } from './finding';
import { pushFindings } from './push-findings';
import { RefusedPushes } from './refused-pushes';
import { Attribute, ATTRIBUTES, pappidIsOf, SetUp } from './set-up';

const HOUR_MS = 3_600_000;

type Words = readonly [severity: Finding['severity'], advice: string, adviceEn: string];

const FINDINGS = {
  token_refused: [
    'error',
    '取不到 access_token：请核对 appid 与 secret，并把本服务的出口 IP 加入公众平台「IP 白名单」。',
    'No access_token: check appid and secret, and add this service’s address to the account’s IP whitelist.',
  ],
  secret_lost: [
    'error',
    '保存的 secret 无法解密（已损坏或密钥遗失）：请重新设置（PATCH /v1/admin/accounts/{appid}），环境变量给出的账号重启即可。',
    'The stored secret cannot be opened (damaged, or its key is lost): set it anew (PATCH /v1/admin/accounts/{appid}); for an account of the environment a restart does it.',
  ],
  component_ip_unregistered: [
    'error',
    '出口 IP 未在第三方平台登记（61004）：请在微信开放平台（open.weixin.qq.com）该第三方平台的白名单 IP 地址列表中加入；公众平台的白名单不起作用。',
    'The outgoing IP is not registered with the component (61004): add it to its whitelist at WeChat’s Open Platform (open.weixin.qq.com); the account’s own whitelist does not count.',
  ],
  capability_missing: [
    'error',
    '此公众号没有电子发票权限：请在公众平台「卡券」中开通电子发票；小程序账号不能调用发票接口。',
    'The account may not use e-invoices: apply for 电子发票 in the platform’s console; a mini program’s account cannot.',
  ],
  s_pappid_known: ['ok', '开票平台识别码 s_pappid 已取得，且属于本账号。', 's_pappid is known and is this account’s.'],
  s_pappid_foreign: [
    'error',
    's_pappid 不属于本账号：插卡会一律得到 72038。请用本账号重新获取（POST …/s_pappid）。',
    's_pappid is of another account: every insert would be answered 72038. Fetch it anew (POST …/s_pappid).',
  ],
  contact_set: ['ok', '商户联系方式已设置。', 'The contact is set.'],
  contact_missing: [
    'error',
    '未设置商户联系方式，无法获取授权页（72063）。请设置：PUT …/attributes/contact。',
    'No contact is set, so no authorisation page can be had (72063). Set it: PUT …/attributes/contact.',
  ],
  auth_field_set: ['ok', '授权页字段已设置。', 'The fields of the authorisation page are set.'],
  auth_field_missing: [
    'warning',
    '未设置授权页字段：type=1（用户填写抬头）的授权会失败（72029）。请设置：PUT …/attributes/auth_field。',
    'The authorisation page has no fields: type 1 fails (72029). Set them: PUT …/attributes/auth_field.',
  ],
  callback_unset: [
    'warning',
    '未设置回调的 Token 与 EncodingAESKey：收不到授权完成事件，只能靠轮询。请设置：PUT …/callback。',
    'No callback token and key: events cannot be taken, only polling serves. Set them: PUT …/callback.',
  ],
  token_thrash: [
    'warning',
    '另有系统在获取本账号的 access_token（cgi-bin/token），一小时内已使本服务的 token 提前失效 3 次以上。请让该系统改用 stable_token，或改从本服务的 token 网关取 token；也可把本账号改为 token_kind=stable（PATCH /v1/admin/accounts/…），两者互不影响。',
    'Another system is fetching access_token (cgi-bin/token) for this appid: 3 or more of our tokens died before their time within the hour. Let it use stable_token, or take its tokens from this service’s token gateway; or set token_kind=stable here (PATCH /v1/admin/accounts/…): the two do not disturb each other.',
  ],
  token_thrash_forced: [
    'warning',
    '另有系统在用 force_refresh 强制刷新本账号的 stable_token，一小时内已使本服务的 token 提前失效 3 次以上。请让该系统去掉 force_refresh，或改从本服务的 token 网关取 token。',
    'Another system is forcing new stable_tokens (force_refresh) for this appid: 3 or more of our tokens died before their time within the hour. Let it leave force_refresh out, or take its tokens from this service’s token gateway.',
  ],
  wechat_unclear: [
    'warning',
    '微信暂时没有明确答复，请稍后再检查。',
    'WeChat gave no clear answer just now; check again later.',
  ],
} as const satisfies Record<string, Words>;
type FindingCode = keyof typeof FINDINGS;

/** Looks at what an account needs before orders can go through it. Findings only: it stops nothing. */
export class AccountCheck {
  constructor(
    private readonly accounts: Accounts,
    private readonly setUp: SetUp,
    private readonly dataSource: DataSource,
    private readonly refused: RefusedPushes,
  ) {}

  async check(account: WechatAccount): Promise<Finding[]> {
    const askable = account.role !== 'component' && account.secret !== null;
    const findings = askable ? await this.asked(account) : account.secret === null ? [finding('secret_lost')] : [];
    if (!account.callbackKeys && account.role !== 'reimburser') findings.push(finding('callback_unset'));
    await this.accounts.keepFindings(account.appid, findings);
    return [...findings, ...((await this.now()).get(account.appid) ?? [])];
  }

  /** What is so at this moment, by appid, and so not among the findings that are kept. */
  async now(): Promise<Map<string, Finding[]>> {
    const found = await this.thrashes();
    for (const [appid, refused] of await this.refused.current()) {
      found.set(appid, [...(found.get(appid) ?? []), ...pushFindings(refused)]);
    }
    return found;
  }

  /** Tokens that die before their time, by appid. */
  async thrashes(): Promise<Map<string, Finding[]>> {
    const found = new Map<string, Finding[]>();
    for (const deaths of await earlyDeaths(this.dataSource)) {
      found.set(deaths.appid, [...(found.get(deaths.appid) ?? []), ...thrashOf(deaths)]);
    }
    return found;
  }

  /** What an operator should see to, in every account that nobody has checked within the hour. */
  async checkAll(signal: AbortSignal): Promise<{ appid: string; finding: Finding }[]> {
    const results: { appid: string; finding: Finding }[] = [];
    for (const { appid, checkedAt } of await this.accounts.all()) {
      if (signal.aborted) break;
      if (checkedAt && Date.now() - checkedAt.getTime() < HOUR_MS) continue;
      const account = await this.accounts.find(appid);
      const findings = account ? await this.check(account) : [];
      results.push(...findings.filter(({ severity }) => severity !== 'ok').map((finding) => ({ appid, finding })));
    }
    return results;
  }

  private async asked(account: WechatAccount): Promise<Finding[]> {
    const contact = await this.setUp.read(account, 'contact');
    const trouble = troubleOf(contact);
    // A reimburser needs no 电子发票 of an issuer: only its token is looked at here.
    if (account.role === 'reimburser') return trouble && trouble.code !== 'capability_missing' ? [trouble] : [];
    // Without a token or the permission every further answer would be the same.
    if (trouble) return [trouble];
    const findings = account.role === 'issuer' ? [await this.pappid(account)] : [];
    if (account.role === 'issuer' && !(await this.accounts.isAuthorisedUnder(account.appid))) return findings;
    const fields = await this.setUp.read(account, 'auth_field');
    const ofPage = [
      set(contact, 'contact', ['contact_set', 'contact_missing']),
      set(fields, 'auth_field', ['auth_field_set', 'auth_field_missing']),
    ];
    return [...findings, ...ofPage];
  }

  private async pappid(account: WechatAccount): Promise<Finding> {
    const fetched = await this.setUp.pappid(account);
    if ('verdict' in fetched) return troubleOf(fetched.verdict) ?? finding('wechat_unclear');
    return finding(pappidIsOf(fetched.sPappid, account.appid) ? 's_pappid_known' : 's_pappid_foreign');
  }
}

/** Empty: these tokens die no more often than they should. */
export function thrashOf(deaths: EarlyDeaths): Finding[] {
  if (!isThrash(deaths)) return [];
  return [finding(deaths.kind === 'plain' ? 'token_thrash' : 'token_thrash_forced')];
}

const CODE_OF: Partial<Record<number, FindingCode>> = {
  ...Object.fromEntries([48001, 48004, 72015, 50002, 50004, 50005, 50007].map((code) => [code, 'capability_missing'])),
  61004: 'component_ip_unregistered',
};
const NEVER_SET = [72063, 72029, 72028];

function troubleOf(verdict: CallVerdict): Finding | null {
  if (verdict.kind === 'done') return null;
  if (verdict.kind !== 'refused') return finding('wechat_unclear', verdict.errcode);
  if (NEVER_SET.includes(verdict.errcode)) return null;
  return withIp(finding(CODE_OF[verdict.errcode] ?? 'token_refused', verdict.errcode), verdict);
}

/** The whitelist lacks the address that WeChat saw, which need not be the one that people expect. */
function withIp(found: Finding, { errcode, errmsg }: NotDone & { kind: 'refused' }): Finding {
  const ip = clientIpIn(errcode, errmsg);
  if (ip === null) return found;
  const { advice, advice_en } = found;
  return {
    ...found,
    advice: `${advice}（微信看到的 IP：${ip}）`,
    advice_en: `${advice_en} (The IP that WeChat saw: ${ip}.)`,
  };
}

function set(verdict: CallVerdict, attribute: Attribute, [yes, no]: [FindingCode, FindingCode]): Finding {
  if (verdict.kind === 'done') return finding(isEmpty(verdict.body[ATTRIBUTES[attribute]]) ? no : yes);
  return verdict.kind === 'refused' ? finding(no, verdict.errcode) : finding('wechat_unclear', verdict.errcode);
}

function isEmpty(value: unknown): boolean {
  return typeof value !== 'object' || value === null || Object.keys(value).length === 0;
}

function finding(code: FindingCode, errcode: number | null = null): Finding {
  const [severity, advice, advice_en] = FINDINGS[code];
  return { code, severity, ...(errcode === null ? {} : { errcode }), advice, advice_en };
}
