import { refusal, WechatAnswer } from '../token-gateway/wechat-door';
import { CallVerdict } from '../wechat/call-verdict';
import { Errcode, ErrcodeName } from '../wechat/errcodes';

/** What WeChat says of the token, secret or address of this service: to the caller it would speak of his own. */
const OF_OURS: ReadonlySet<number> = new Set(
  (
    [
      'InvalidCredential',
      'InvalidAccessToken',
      'AccessTokenExpired',
      'AccessTokenMissing',
      'InvalidGrantType',
      'InvalidAppid',
      'InvalidAppSecret',
      'AppSecretFrozen',
      'AppidMissing',
      'AppSecretMissing',
      'AuthoriserTokenInvalid',
      'RefreshTokenExpired',
      'OauthCodeExpired',
      'RefreshTokenInvalid',
      'IpNotWhitelisted',
      'IpConfirmationPending',
      'IpNeedsConfirmation',
      'IpRefusedTwice',
      'IpRefusedOnce',
      'ComponentIpNotRegistered',
    ] satisfies ErrcodeName[]
  ).map((name) => Errcode[name]),
);

/** WeChat's word as it is. Where it gave none, or one about this service, the answer is -1, and says what can have happened. */
export function wordOf(verdict: CallVerdict): WechatAnswer {
  if (verdict.kind === 'done') return { ...verdict.body, errcode: 0, errmsg: 'ok' };
  const { kind, errcode, errmsg } = verdict;
  if (kind === 'unclear') return refusal(Errcode.SystemBusy, 'it may have been done: look before you repeat it');
  if (errcode !== null && !OF_OURS.has(errcode)) return { errcode, errmsg: errmsg ?? '' };
  if (kind === 'later') return refusal(Errcode.SystemBusy, 'nothing was done, try again later');
  return refusal(Errcode.SystemBusy, 'the account is not ready: its operators must look at it');
}
