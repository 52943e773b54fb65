import { Fault } from '../domain/fault';
import { cut, ToldFault, faultViews, TEXT } from './fault-views';
import { PROBLEMS_OF_ACTS } from './problems-of-acts';

/** Every problem this API can answer: HTTP status, and what happened and what to do, in 简体中文 and English. */
export const PROBLEMS = {
  malformed_json: [400, '请求体不是可接受的 JSON', 'The body is not JSON that can be taken'],
  malformed_form: [
    400,
    '请求体不是可接受的 multipart/form-data',
    'The body is not multipart/form-data that can be taken',
  ],
  unauthorized: [
    401,
    '缺少有效的密钥。请在 Authorization 头中携带 Bearer 密钥',
    'A valid key is missing. Send it as Authorization: Bearer <key>',
  ],
  forbidden: [403, '此密钥没有这项权限', 'This key lacks the scope for this'],
  not_found: [404, '没有找到', 'Not found'],
  method_not_allowed: [405, '此地址不支持该方法', 'This address does not take that method'],
  appid_required: [
    409,
    '此 order_id 用在多个 appid 下，请加上 ?appid=',
    'This order_id is used under several appids; add ?appid=',
  ],
  order_conflict: [
    409,
    '同一订单号已用不同内容提交过，原订单未改变',
    'This order exists with other content; nothing was changed',
  ],
  order_taken: [
    409,
    '此 (appid, order_id) 已被使用，请换一个订单号',
    'This (appid, order_id) is in use; take another order_id',
  ],
  invoice_taken: [
    409,
    '此发票已在插卡途中或已插卡，一张发票只能有一张卡券',
    'This invoice is on its way or inserted; one invoice has one card',
  ],
  order_replaced: [
    409,
    '已有另一订单取代此订单，或此订单所取代的订单又在途中；一笔交易同时只有一张卡券',
    'Another order has taken the place of this one, or the one it replaced is on its way again; a sale has one card at a time',
  ],
  account_exists: [409, '此 appid 已存在，请改用修改接口', 'This appid exists; change it instead'],
  account_not_issuer: [409, '只有开票平台（issuer）账号有 s_pappid', 'Only an issuer’s account has an s_pappid'],
  probe_needs_a_card: [
    409,
    '探测需要一个已插卡且卡券 code 已知的订单',
    'A probe needs an order whose card is inserted and whose code is known',
  ],
  account_unknown: [
    409,
    '本服务没有此 appid 的密钥，无法以它的名义调用微信',
    'The secret of this appid is not here, so WeChat cannot be called in its name',
  ],
  account_not_ready: [
    409,
    '微信账号尚未就绪（权限、白名单或设置），请按 detail 处理或运行账号自检',
    'The WeChat account is not ready (permission, whitelist or settings); see detail, or run the account’s check',
  ],
  template_unclear: [
    409,
    '上次创建此模板的结果不明，请到公众平台核对后处置，勿重复创建',
    'Whether this template was made is not known; look in WeChat’s console and settle it, do not make another',
  ],
  order_rejected: [
    409,
    '此订单已被拒绝开票，永久失效；请换新订单号重新授权',
    'This order was rejected, for good; take a new order_id and a new authorisation',
  ],
  order_has_card: [409, '此订单已插卡', 'This order has its card'],
  order_busy: [
    409,
    '此订单正在插卡或结果未明，此时不能拒绝；请稍后查询后再试',
    'The order is being sent or is in doubt and cannot be rejected now; look again later',
  ],
  body_too_large: [413, '请求体过大', 'The body is too large'],
  batch_too_large: [
    413,
    '批量请求最多 500 行、64 MiB，此行及之后未读取',
    'A batch has at most 500 lines and 64 MiB; this line and those after it were not read',
  ],
  statement_too_large: [
    413,
    '商户清单最多 2000000 行、512 MiB，请按日期分段上传',
    'A statement has at most 2000000 lines and 512 MiB; send it in parts, day by day',
  ],
  unsupported_media_type: [
    415,
    '请求体的类型或编码不受支持，请按 detail 发送',
    'The type or the encoding of the body is not taken; see detail',
  ],
  invalid_request: [422, '请求有误，请按 errors 修改', 'The request has faults; mend each of errors'],
  merchant_exists: [409, '已有同名商户', 'There is a merchant of that name'],
  too_many_endpoints: [
    409,
    '通知地址已达上限（20 个），请先删除不用的',
    'There are 20 endpoints already; remove one first',
  ],
  endpoint_disabled: [409, '该通知地址已停用，请先重新启用', 'This endpoint is disabled; enable it first'],
  replay_too_large: [422, '该时间段内的消息超过 100000 条，请分段重放', 'More than 100000 messages; replay in parts'],
  card_code_unknown: [
    409,
    '卡券号未知，暂时无法冲红；获知卡券号后再试',
    'The code of the card is unknown, so it cannot be cancelled yet; try again when it is known',
  ],
  order_not_inserted: [409, '只有已插卡的订单才能冲红', 'Only an order whose card is inserted can be cancelled'],
  finding_closed: [409, '此差异已关闭', 'This difference is closed already'],
  already_held: [409, '已处于暂停状态', 'It is held already'],
  invalid_order: [
    422,
    '订单有误，请按 errors 逐项修改后重发',
    'The order has faults; mend each of errors and send it again',
  ],
  ...PROBLEMS_OF_ACTS,
  idempotency_key_invalid: [
    400,
    'Idempotency-Key 须为 1 到 255 个可打印 ASCII 字符',
    'Idempotency-Key must be 1 to 255 printable ASCII characters',
  ],
  idempotency_key_running: [
    409,
    '使用此 Idempotency-Key 的首个请求仍在执行，请稍后重发',
    'The first request under this Idempotency-Key is still running; send again later',
  ],
  idempotency_key_reused: [
    422,
    '此 Idempotency-Key 已用于另一请求，请换一个',
    'This Idempotency-Key was used for another request; take another',
  ],
  invalid_query: [422, '查询参数有误', 'The query parameters have faults'],
  wechat_conflict: [
    409,
    '微信拒绝了此操作：发票卡券当前的状态不允许',
    'WeChat refused: the state of the invoice card stands against it',
  ],
  wechat_refused: [422, '微信拒绝了此请求，未做任何改动', 'WeChat refused the request; nothing was changed'],
  wechat_unclear: [
    502,
    '微信没有给出明确答复，操作可能已经执行',
    'WeChat gave no clear answer; the change may have been made',
  ],
  invoice_file_unavailable: [
    502,
    '微信没有给出可用的 PDF，请稍后重试',
    'WeChat gave no PDF that can be used; try again later',
  ],
  wechat_unavailable: [
    503,
    '暂时无法向微信完成此请求，未做任何改动，请稍后重试',
    'WeChat cannot be asked right now; nothing was changed, try again later',
  ],
  internal: [
    500,
    '服务内部错误，订单未受影响；请凭 request_id 联系运维',
    'Internal error; quote request_id to the operators',
  ],
  too_many_requests: [
    429,
    '此商户同时提交的订单过多，此订单未保存，请稍后重发',
    'This merchant posts too many orders at the same time; this one was not stored, send it again in a moment',
  ],
  rate_limited: [
    429,
    '此商户的请求过多，此请求未执行，请在 Retry-After 之后重发',
    'Too many requests of this merchant; this one was not carried out, send it again after Retry-After',
  ],
  sealed_value_lost: [
    409,
    '所需的加密数据无法解密（已损坏或密钥遗失），未做任何改动；请按 detail 重新给出数据，或联系运维从备份恢复',
    'Sealed data that this needs cannot be opened (damaged, or its key is lost); nothing was changed. Give the data anew as detail says, or have it restored from a backup',
  ],
  sealing_key_missing: [
    503,
    '此进程缺少一个在用的主密钥，请稍后重发；运维请把日志所指的密钥加入 MASTER_KEY_PREVIOUS',
    'This process lacks a master key that is in use; send again later. Operators: add the key that the log names to MASTER_KEY_PREVIOUS',
  ],
  too_many_wrong_keys: [
    429,
    '此地址出示的无效密钥过多，请检查密钥后再试；有效密钥不受影响',
    'Too many wrong keys came from this address; check the key and wait. A valid key is served at any time',
  ],
  unavailable: [
    503,
    '服务暂不可用，请稍后重发（重复提交是安全的）',
    'Temporarily unavailable; send again later (repeating is safe)',
  ],
} as const satisfies Record<string, readonly [number, string, string]>;

/** Where the page of a code is served, here and by every installation: a reference relative to it (RFC 9457 §3.1.1). */
export function problemType(code: string): string {
  return `/docs/errors/${code}`;
}

export type ProblemCode = keyof typeof PROBLEMS;

/** RFC 9457 with this API's extra members. */
export interface ProblemBody {
  type: string;
  title: string;
  title_en: string;
  status: number;
  code: ProblemCode;
  detail?: string;
  detail_en?: string;
  request_id: string;
  errcode?: number;
  errmsg?: string;
  errors?: ToldFault[];
}

export interface ProblemExtras {
  faults?: Fault[];
  detail?: [zh: string, en: string];
  /** What WeChat said, word for word. */
  wechat?: { errcode: number; errmsg: string };
  /** Seconds, where the code alone does not say. */
  retryAfter?: number;
}

/** Thrown by controllers and guards only; everything below them returns values. */
export class Problem extends Error {
  readonly status: number;

  constructor(
    readonly code: ProblemCode,
    readonly extras: ProblemExtras = {},
  ) {
    super(code);
    this.status = PROBLEMS[code][0];
  }

  body(requestId: string): ProblemBody {
    const [status, title, titleEn] = PROBLEMS[this.code];
    const { faults, detail, wechat } = this.extras;
    return {
      type: problemType(this.code),
      title,
      title_en: titleEn,
      status,
      code: this.code,
      ...(detail ? { detail: cut(detail[0], TEXT), detail_en: cut(detail[1], TEXT) } : {}),
      request_id: requestId,
      ...(wechat ? { errcode: wechat.errcode, errmsg: cut(wechat.errmsg, TEXT) } : {}),
      ...(faults ? { errors: faultViews(faults) } : {}),
    };
  }
}
