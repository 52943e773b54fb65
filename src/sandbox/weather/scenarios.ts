import type { SandboxClock } from '../state/clock';
import type { Profile } from '../state/profile';
import { WIRE_PATHS } from '../../wechat/wire';
import type { FaultOrder } from './faults';

interface Scenario {
  says: string;
  faults?: (clock: SandboxClock) => FaultOrder[];
  profile?: Partial<Profile>;
}

const { insert, setpdf } = WIRE_PATHS;
const uploadAndInsert = [setpdf, insert];

/** Named weather: `POST /scenarios/{name}` replaces every fault and the profile by these. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  calm: { says: '风平浪静：没有任何故障，默认行为' },
  ordinary_day: {
    says: '平常的一天：2% 系统繁忙、1% 应答丢失、1% 缓慢（不设 SANDBOX_CALM 时的开局）',
    faults: () => [
      ...uploadAndInsert.map((path): FaultOrder => ({ path, mode: 'errcode', errcode: -1, probability: 0.01 })),
      { path: insert, mode: 'errcode', errcode: 72036, probability: 0.01 },
      ...uploadAndInsert.map((path): FaultOrder => ({ path, mode: 'drop_after', probability: 0.01 })),
      ...uploadAndInsert.map((path): FaultOrder => ({ path, mode: 'delay', delay_ms: 1500, probability: 0.01 })),
    ],
  },
  busy_evening: {
    says: '月末晚高峰：30% 繁忙（-1、72036、45011），20% 缓慢，少量 502',
    faults: () => [
      { path: insert, mode: 'errcode', errcode: 72036, probability: 0.15 },
      { path: '/card/*', mode: 'errcode', errcode: -1, probability: 0.1 },
      { path: '/card/*', mode: 'errcode', errcode: 45011, probability: 0.05 },
      { path: '/card/*', mode: 'http_status', status: 502, probability: 0.03 },
      { path: '/card/*', mode: 'delay', delay_ms: 2000, probability: 0.2 },
    ],
  },
  lost_answers: {
    says: '应答时常丢失：处理完后 20% 断开、10% 不应答',
    faults: () => [
      { path: insert, mode: 'drop_after', probability: 0.2 },
      { path: insert, mode: 'timeout_after', probability: 0.1 },
      { path: setpdf, mode: 'drop_after', probability: 0.1 },
    ],
  },
  commit_then_timeout: {
    says: '每个订单第一次插卡都已成功，却不应答',
    faults: () => [{ path: insert, mode: 'timeout_after', once_per_order: true }],
  },
  commit_then_reset: {
    says: '每个订单第一次插卡都已成功，连接却断开',
    faults: () => [{ path: insert, mode: 'drop_after', once_per_order: true }],
  },
  commit_then_502: {
    says: '每个订单第一次插卡都已成功，网关却回 502',
    faults: () => [{ path: insert, mode: 'http_status', status: 502, applied: true, once_per_order: true }],
  },
  commit_then_busy: {
    says: '每个订单第一次插卡都已成功，却回答 -1',
    faults: () => [{ path: insert, mode: 'errcode', errcode: -1, applied: true, once_per_order: true }],
  },
  timeout_without_commit: {
    says: '每个订单第一次插卡没有处理，也不应答',
    faults: () => [{ path: insert, mode: 'hang', once_per_order: true }],
  },
  slow_commit: {
    says: '每个订单第一次插卡不应答，20 秒后才生效，其间 72054',
    faults: () => [{ path: insert, mode: 'late_commit', delay_ms: 20_000, once_per_order: true }],
  },
  garbled_answers: {
    says: '插卡成功但应答残缺：半截 JSON、HTML、空、无 code、长度不符',
    faults: () =>
      (['truncated_json', 'html_200', 'empty_200', 'success_without_code', 'wrong_content_length'] as const).map(
        (mode): FaultOrder => ({ path: insert, mode, probability: 0.1 }),
      ),
  },
  odd_formats: {
    says: '合法但别扭的应答：字符串 errcode、无引号的 id、转义斜杠、text/plain、裸控制字符',
    faults: () =>
      (['errcode_as_string', 'unquoted_media_id', 'escaped_slashes', 'text_plain', 'control_characters'] as const).map(
        (mode): FaultOrder => ({ path: '/card/*', mode, probability: 0.2 }),
      ),
  },
  token_thrash: {
    says: '另有系统在抢 access_token：10% 的调用得 40001',
    faults: () => [{ path: '/card/*', mode: 'kill_token', probability: 0.1 }],
  },
  quota_exhausted: {
    says: '今日插卡额度用尽：45009，直到（沙箱时钟的）北京时间午夜',
    faults: (clock) => [{ path: insert, mode: 'errcode', errcode: 45009, for_seconds: clock.secondsToMidnight() }],
  },
  minute_quota: {
    says: '调用过快：45011，持续 60 秒',
    faults: () => [{ path: insert, mode: 'errcode', errcode: 45011, for_seconds: 60 }],
  },
  not_whitelisted: {
    says: '服务器 IP 不在白名单：取 token 得 40164',
    faults: () => [{ path: '/cgi-bin/*', mode: 'errcode', errcode: 40164 }],
  },
  wechat_down: {
    says: '微信整个不可用：全部 502，持续 60 秒',
    faults: () => [{ path: '*', mode: 'http_status', status: 502, for_seconds: 60 }],
  },
  fresh_template: { says: '新模板 10 分钟内不可用：40078', profile: { fresh_template_seconds: 600 } },
  digital_refused: { says: '不接受数电票：-1', profile: { digital: 'minus1' } },
};
