/** Whether a mode leaves the request processed: always, never, or as the rule's `applied` says (with this default). */
type Processing = 'always' | 'never' | { byDefault: boolean };

interface ModeFact {
  processed: Processing;
  /** Rule fields that mean something for this mode. */
  fields?: readonly ('errcode' | 'errmsg' | 'delay_ms' | 'status')[];
  says: string;
}

/** Everything that can go wrong between WeChat and a caller. `GET /faults/modes` answers this page. */
export const FAULT_MODES = {
  delay: {
    processed: { byDefault: false },
    fields: ['delay_ms'],
    says: '等待 delay_ms：applied=false 先等再处理，true 先处理再等；然后正常应答',
  },
  hang: { processed: { byDefault: false }, says: '永不应答（applied=true 时已处理）' },
  late_commit: {
    processed: 'always',
    fields: ['delay_ms'],
    says: '永不应答；在途 delay_ms 之后才真正生效，其间同一订单得 72054',
  },
  drop_before: { processed: 'never', says: '未处理即断开连接' },
  drop_after: { processed: 'always', says: '处理完毕后断开连接，应答丢失' },
  timeout_after: { processed: 'always', says: '处理完毕但永不应答' },
  http_status: {
    processed: { byDefault: false },
    fields: ['status'],
    says: '网关页面：HTTP status（默认 502）与 HTML',
  },
  html_200: { processed: { byDefault: true }, says: 'HTTP 200 却是 HTML 页面' },
  empty_200: { processed: { byDefault: true }, says: 'HTTP 200 空应答体' },
  not_json: { processed: { byDefault: true }, says: 'HTTP 200，内容不是 JSON' },
  truncated_json: { processed: 'always', says: 'JSON 只到一半，长度自洽' },
  errcode: {
    processed: { byDefault: false },
    fields: ['errcode', 'errmsg'],
    says: '回答 errcode（applied=true 时其实已生效，如 −1 with commit）',
  },
  success_without_code: { processed: 'always', says: '成功但没有 code' },
  errcode_as_string: { processed: 'always', says: 'errcode 是字符串' },
  unquoted_media_id: { processed: 'always', says: 's_media_id、code 不带引号，超过 2^53' },
  escaped_slashes: { processed: 'always', says: '斜杠写作 \\/' },
  control_characters: { processed: 'always', says: 'errmsg 里有裸控制字符，严格的 JSON 解析会失败' },
  text_plain: { processed: 'always', says: 'Content-Type: text/plain' },
  slow_body: { processed: 'always', fields: ['delay_ms'], says: '应答体在 delay_ms 内一点一点地来' },
  wrong_content_length: { processed: 'always', says: 'Content-Length 大于实际内容，随后断开' },
  redirect_302: { processed: { byDefault: false }, says: 'HTTP 302 到别处' },
  swap_code: { processed: 'always', says: '回答别的订单的 code 与 openid' },
  kill_token: { processed: 'always', says: '这次调用所带的 access_token 恰被别处取代：40001' },
} as const satisfies Record<string, ModeFact>;

export type FaultMode = keyof typeof FAULT_MODES;

export const FAULT_MODE_NAMES = Object.keys(FAULT_MODES) as FaultMode[];

/** Whether the request is processed under this mode; a rule may choose only where the mode leaves it open. */
export function processedUnder(mode: FaultMode, applied: boolean | undefined): boolean {
  const { processed }: ModeFact = FAULT_MODES[mode];
  if (processed === 'always') return true;
  if (processed === 'never') return false;
  return applied ?? processed.byDefault;
}

/** Why this `applied` contradicts the mode, if it does. */
export function contradiction(mode: FaultMode, applied: boolean | undefined): string | undefined {
  const { processed }: ModeFact = FAULT_MODES[mode];
  if (applied === undefined || typeof processed === 'object') return undefined;
  if (applied === (processed === 'always')) return undefined;
  return `mode ${mode} is ${processed} applied; leave "applied" out or choose another mode`;
}
