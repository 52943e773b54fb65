import { clientIpIn } from '../wechat/client-ip';
import { errcodeFact } from '../wechat/errcodes';
import { errcodeGuidance } from './errcode-advice';
import { CAUSES } from './errcode-causes';
import { REMEDIES } from './errcode-remedies';
import { Advice, adviceOf, joined, Text } from './guidance';

/** What pauses an account or a merchant, as far as advice depends on it. */
export interface Pause {
  errcode: number | null;
  errmsg?: string | null;
  reason: string;
  /** Null: no canary tries it, because a person made it. */
  nextCanaryAt: Date | null;
}

const BY_HAND: Text = [
  '由人暂停：不会自动恢复（除非设了 until）。原因消除后用 DELETE /v1/admin/holds/{id} 恢复。',
  'Paused by a person: nothing lifts it by itself but its `until`. When its reason is gone, DELETE /v1/admin/holds/{id}.',
];
const AT_THE_EDGE: Text = [
  '微信网关或其间的代理拒绝了请求，没有到达业务接口。检查 WECHAT_BASE_URL、代理、WAF 与请求大小。',
  'WeChat’s edge or a proxy between refused the request before any business logic. Check WECHAT_BASE_URL, proxies, WAF and sizes.',
];
/** An account is never held for it. */
const DEFAULT_TEMPLATE: Text = [
  '商户的默认 card_id 无效，或不属于其开票账号：该商户的订单已全部暂停。用 PATCH /v1/admin/merchants/{id} 改正 card_id，等待中的订单随即改用新模板继续。',
  'The merchant’s default card_id is invalid or not of its issuing account: all its orders are paused. PATCH /v1/admin/merchants/{id} with the right card_id, and what waits goes on with it at once.',
];
const SECRET_LOST: Text = [
  '保存的账号 secret 无法解密（已损坏或密钥遗失，见日志）。请用 PATCH /v1/admin/accounts/{appid} 重新设置；环境变量给出的账号重启即可。',
  'The account’s stored secret cannot be opened (damaged, or its key is lost; see the log). Set it anew with PATCH /v1/admin/accounts/{appid}; for an account of the environment a restart does it.',
];
const CANARY: Text = [
  '改正后由试探单自动恢复，也可用 DELETE /v1/admin/holds/{id} 立即恢复。',
  'Once mended a canary lifts it, or DELETE /v1/admin/holds/{id} at once.',
];

/** What operators do about a hold. */
export function holdAdvice(pause: Pause): Advice {
  return adviceOf(textOf(pause));
}

function textOf({ errcode, errmsg = null, reason, nextCanaryAt }: Pause): Text {
  if (nextCanaryAt === null) return BY_HAND;
  if (reason === 'account_secret_lost') return joined(SECRET_LOST, CANARY);
  if (errcode === null) return joined(AT_THE_EDGE, CANARY);
  const last = [...seen(clientIpIn(errcode, errmsg)), CANARY];
  const name = errcodeFact(errcode)?.name;
  if (name === 'InvalidCardId') return joined(DEFAULT_TEMPLATE, ...last);
  // Where a token is fetched 40001 speaks of appid and secret, which an insert's refusal does not.
  const remedy = name && reason.startsWith('token_') ? REMEDIES[name] : undefined;
  if (remedy && name && name !== 'Ok') return joined(CAUSES[name], remedy, ...last);
  return joined(errcodeGuidance(errcode)?.operator ?? AT_THE_EDGE, ...last);
}

function seen(ip: string | null): Text[] {
  return ip === null ? [] : [[`微信看到的出口 IP 是 ${ip}。`, `The IP that WeChat saw is ${ip}.`]];
}
