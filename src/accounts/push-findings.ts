import { toShanghai } from '../domain/shanghai';
import { RefusalReason } from '../wechat/callback-refusal';
import { Finding } from './finding';
import { Refused } from './refused-pushes';

type Words = readonly [code: string, advice: string, adviceEn: string];

/** The likely cause of each refusal. Rubbish from anybody is counted too: what counts is whether WeChat's own arrive. */
const CAUSES: Partial<Record<RefusalReason, Words>> = {
  token: [
    'push_token_differs',
    '推送的签名与此处设置的 Token 不符：请核对公众平台「服务器配置」的 Token 与 PUT …/callback 的 token 是否完全一致。',
    'Pushes are signed with another Token than the one set here: compare the console’s 服务器配置 with PUT …/callback.',
  ],
  key: [
    'push_key_differs',
    '推送的 Token 相符，但此处的 EncodingAESKey 解不开：请把公众平台当前的 EncodingAESKey 设置到 PUT …/callback。',
    'The Token fits, but the EncodingAESKey set here does not open the pushes: set the console’s present one by PUT …/callback.',
  ],
  appid: [
    'push_of_another_account',
    '推送解密后属于另一个 appid：公众平台所填地址里的 appid 写错了，或两个账号共用了一个地址。请填 /wechat/callbacks/<本账号 appid>。',
    'The pushes are another account’s: the address in its console names the wrong appid, or two accounts share one. Enter /wechat/callbacks/<the account’s own appid>.',
  ],
  address: [
    'push_at_wrong_address',
    '本账号的推送送到了写着别的 appid 的地址：请在公众平台把服务器地址改为 /wechat/callbacks/<本账号 appid>。',
    'This account’s pushes come to an address that names another appid: change it in the console to /wechat/callbacks/<this appid>.',
  ],
  clock: [
    'push_clock',
    '推送的时间与本机时钟相差超过十分钟：请校准本机时间（NTP）；被代理压住很久或被重放的推送也会如此。',
    'Pushes are more than ten minutes off this machine’s clock: set its time (NTP); pushes that a proxy held back, or that are replayed, look the same.',
  ],
  mode_plain: modeWords('明文模式', 'plain'),
  mode_compatible: modeWords('兼容模式', 'compatible'),
  mode_safe: modeWords('安全模式', 'safe'),
  damaged: [
    'push_damaged',
    '推送的签名属实，但内容在途中被改动或截断：请检查代理、WAF 是否改写请求体或查询参数。',
    'Pushes are signed rightly but were altered or cut on the way: look whether a proxy or WAF rewrites bodies or queries.',
  ],
  url_check: [
    'url_check_refused',
    '公众平台校验服务器地址失败：两边的 Token 不一致，或地址里的 appid 写错了。请先在此处设置 PUT …/callback，再到公众平台保存。',
    'The console’s check of the address failed: the Tokens differ, or the address names the wrong appid. Set PUT …/callback here first, then save there.',
  ],
};

/** What these refusals mean for their account: one finding a cause, with when and how often. */
export function pushFindings(refused: readonly Refused[]): Finding[] {
  return refused.flatMap(({ reason, count, lastAt }) => {
    const words = CAUSES[reason];
    if (!words) return [];
    const [code, advice, adviceEn] = words;
    const at = toShanghai(lastAt);
    return [
      {
        code,
        severity: 'warning' as const,
        advice: `${advice}（24 小时内至少 ${count} 次，最近 ${at}）`,
        advice_en: `${adviceEn} (At least ${count} within the day, last at ${at}.)`,
      },
    ];
  });
}

function modeWords(mode: string, word: string): Words {
  return [
    'push_mode_differs',
    `推送以${mode}到来，与此处设置的模式不同，因此一律拒收：请把公众平台「消息加解密方式」与 PUT …/callback 的 mode 改成一致（建议安全模式）。`,
    `Pushes come in ${word} mode, and this account is set to another: make the console’s 消息加解密方式 and PUT …/callback agree (safe is best).`,
  ];
}
