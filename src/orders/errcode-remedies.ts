import { ErrcodeName } from '../wechat/errcodes';
import { Text } from './guidance';

const CREDENTIALS: Text = [
  '核对该账号的 AppID 与 AppSecret（公众平台“开发 → 基本配置”），改正配置后重启。',
  'Compare AppID and AppSecret with the account’s basic settings at WeChat, mend the configuration and restart.',
];
const WHITELIST: Text = [
  '在公众平台“开发 → 基本配置 → IP 白名单”加入本服务的出口 IP。',
  'Add this service’s outgoing IP to the account’s IP whitelist at WeChat.',
];
const COMPONENT_WHITELIST: Text = [
  '在微信开放平台（open.weixin.qq.com）“管理中心 → 第三方平台 → 详情 → 开发配置”的“白名单 IP 地址列表”加入本服务的出口 IP；公众平台的 IP 白名单对它不起作用。',
  'Add this service’s outgoing IP to the component’s whitelist at WeChat’s Open Platform (open.weixin.qq.com, the third-party platform’s settings); the whitelist of the account itself does not count.',
];
const CONFIRMATION: Text = [
  '请公众号管理员在微信中确认该 IP；被拒后不要反复触发。',
  'Have the account’s administrator confirm the IP in WeChat; do not trigger it again and again after a refusal.',
];
const COMPONENT: Text = [
  '请账号管理员在第三方平台重新授权，并勾选卡券与发票权限。',
  'Have the account’s administrator authorise the component again, with the card and invoice permissions.',
];
const PERMISSION: Text = [
  '在公众平台核对该账号的接口权限与卡券、电子发票能力；封禁或冻结须向微信申诉。',
  'Check the account’s permissions and its card and e-invoice capabilities at WeChat; appeal to WeChat against a block.',
];
const PROGRAM: Text = [
  '请求本身不合规范：检查 WECHAT_BASE_URL 与其间的代理；若无异常，请带 hint 报给开发者。',
  'The request itself was malformed: check WECHAT_BASE_URL and any proxy between; else report it with its hint.',
];
const SETTINGS: Text = [
  '用 PUT /v1/admin/accounts/{appid}/attributes/… 补齐该账号的联系方式、授权页字段或支付商户号。',
  'Complete the account’s contact, authorisation fields or pay merchant with PUT /v1/admin/accounts/{appid}/attributes/….',
];

/** What operators do about the codes that hold an account. */
export const REMEDIES: Partial<Record<ErrcodeName, Text>> = {
  InvalidCredential: CREDENTIALS,
  InvalidAppid: CREDENTIALS,
  InvalidAppSecret: CREDENTIALS,
  AppidMissing: CREDENTIALS,
  AppSecretMissing: CREDENTIALS,
  AppSecretFrozen: CREDENTIALS,
  IpNotWhitelisted: WHITELIST,
  ComponentIpNotRegistered: COMPONENT_WHITELIST,
  IpConfirmationPending: CONFIRMATION,
  IpNeedsConfirmation: CONFIRMATION,
  IpRefusedOnce: CONFIRMATION,
  IpRefusedTwice: CONFIRMATION,
  AuthoriserTokenInvalid: COMPONENT,
  RefreshTokenExpired: COMPONENT,
  RefreshTokenInvalid: COMPONENT,
  ComponentNotAuthorized: COMPONENT,
  ComponentApiUnauthorized: COMPONENT,
  ApiUnauthorized: PERMISSION,
  ApiBlocked: PERMISSION,
  UserUnauthorized: PERMISSION,
  UserLimited: PERMISSION,
  AccountForbidden: PERMISSION,
  AccountFrozen: PERMISSION,
  InvoiceUnauthorized: PERMISSION,
  AppTypeError: PERMISSION,
  UserNotInWhitelist: PERMISSION,
  WxaNotBound: PERMISSION,
  InvalidGrantType: PROGRAM,
  InvalidCharset: PROGRAM,
  InvalidUrl: PROGRAM,
  RequireGet: PROGRAM,
  RequirePost: PROGRAM,
  RequireHttps: PROGRAM,
  EmptyPostData: PROGRAM,
  AccessTokenMissing: PROGRAM,
  InvoiceActionError: PROGRAM,
  PayMchNeverSet: SETTINGS,
  AuthFieldNeverSet: SETTINGS,
  InvalidMchid: SETTINGS,
  BizContactEmpty: SETTINGS,
};
