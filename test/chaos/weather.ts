import type { FaultOrder } from '../../src/sandbox/weather/faults';
import { WIRE_PATHS } from '../../src/wechat/wire';

type Fault = Omit<FaultOrder, 'path' | 'probability'> & { weight: number };

/** What can go wrong with a call before anything was executed, or without harm in repeating it. */
const CARELESS: Fault[] = [
  { mode: 'drop_before', weight: 2 },
  { mode: 'drop_after', weight: 3 },
  { mode: 'hang', applied: false, weight: 1 },
  { mode: 'timeout_after', weight: 2 },
  { mode: 'errcode', errcode: -1, applied: false, weight: 2 },
  { mode: 'errcode', errcode: -1, applied: true, weight: 2 },
  { mode: 'http_status', status: 502, applied: false, weight: 1 },
  { mode: 'http_status', status: 504, applied: true, weight: 2 },
  { mode: 'html_200', applied: true, weight: 1 },
  { mode: 'empty_200', applied: true, weight: 1 },
  { mode: 'empty_200', applied: false, weight: 1 },
  { mode: 'truncated_json', weight: 2 },
  { mode: 'kill_token', weight: 1 },
  { mode: 'delay', delay_ms: 400, weight: 2 },
];

/** What only an insert can suffer: its answer may be lost, late, incomplete, or say what nobody has documented. */
const INSERT: Fault[] = [
  ...CARELESS,
  // Shorter than the deadline and the quiet period together; longer than both; and slow without a trace until then.
  { mode: 'late_commit', delay_ms: 1200, weight: 2 },
  { mode: 'late_commit', delay_ms: 3000, weight: 1 },
  { mode: 'delay', delay_ms: 1600, applied: false, weight: 1 },
  { mode: 'delay', delay_ms: 3500, applied: false, weight: 1 },
  { mode: 'delay', delay_ms: 1000, applied: true, weight: 1 },
  { mode: 'html_200', applied: false, weight: 1 },
  { mode: 'not_json', applied: true, weight: 1 },
  { mode: 'redirect_302', applied: true, weight: 1 },
  { mode: 'wrong_content_length', weight: 1 },
  { mode: 'success_without_code', weight: 3 },
  { mode: 'errcode_as_string', weight: 1 },
  { mode: 'unquoted_media_id', weight: 1 },
  { mode: 'slow_body', delay_ms: 500, weight: 1 },
  { mode: 'errcode', errcode: 45011, applied: false, weight: 1 },
  { mode: 'errcode', errcode: 72036, applied: false, weight: 2 },
  { mode: 'errcode', errcode: 72999, applied: false, weight: 1 },
  { mode: 'errcode', errcode: 72999, applied: true, weight: 1 },
  { mode: 'errcode', errcode: 72031, applied: false, weight: 1 },
  { mode: 'errcode', errcode: 72042, applied: false, weight: 1 },
  // The whole account is held, so these are rare: the next canary is a moment away.
  { mode: 'errcode', errcode: 48001, applied: false, weight: 0.3 },
  { mode: 'errcode', errcode: 45009, applied: false, weight: 0.3 },
];

/** `probability`: that an upload or an insert goes wrong. A token that cannot be had stops every order: half as often. */
export function weather(probability: number): FaultOrder[] {
  return [
    ...rules(WIRE_PATHS.insert, INSERT, probability),
    ...rules(WIRE_PATHS.setpdf, CARELESS, probability),
    ...rules(
      WIRE_PATHS.stableToken,
      CARELESS.filter(({ mode }) => mode !== 'kill_token' && mode !== 'hang' && mode !== 'timeout_after'),
      probability / 2,
    ),
  ];
}

/** The first rule whose chance comes up applies: each is given its share of what those before it left. */
function rules(path: string, faults: readonly Fault[], probability: number): FaultOrder[] {
  const total = faults.reduce((sum, { weight }) => sum + weight, 0);
  let left = 1;
  return faults.map(({ weight, ...fault }) => {
    const share = (probability * weight) / total;
    const rule: FaultOrder = { path, ...fault, probability: share / left };
    left -= share;
    return rule;
  });
}
