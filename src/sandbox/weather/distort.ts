import { type Answer, decorated, refused } from '../wechat/answers';
import type { World } from '../state/world';
import type { FaultRule } from './faults';

/** What goes on the wire. */
export type Delivery =
  | {
      kind: 'send';
      status: number;
      type: string;
      body: string;
      location?: string;
      /** Spread the body over this long. */
      overMs?: number;
      /** Announce more bytes than there are, then cut. */
      overstated?: boolean;
      /** The errcode a caller can read from it. */
      told?: number;
    }
  | { kind: 'silence' }
  | { kind: 'cut' };

export const JSON_TYPE = 'application/json; encoding=utf-8';
const HTML_TYPE = 'text/html; charset=utf-8';

export function plain(answer: Answer): Delivery {
  return { kind: 'send', status: 200, type: JSON_TYPE, body: JSON.stringify(answer), told: answer.errcode ?? 0 };
}

/** How the fault changes the answer; `answer` is undefined when the request was not processed. */
export function distort(fault: FaultRule, answer: Answer | undefined, world: World, order_id?: string): Delivery {
  const honest = answer ?? {};
  switch (fault.mode) {
    case 'delay':
    case 'kill_token':
      return plain(honest);
    case 'hang':
    case 'late_commit':
    case 'timeout_after':
      return { kind: 'silence' };
    case 'drop_before':
    case 'drop_after':
      return { kind: 'cut' };
    case 'http_status':
      return { kind: 'send', status: fault.status ?? 502, type: HTML_TYPE, body: gatewayPage(fault.status ?? 502) };
    case 'html_200':
      return { kind: 'send', status: 200, type: HTML_TYPE, body: gatewayPage(200) };
    case 'empty_200':
      return { kind: 'send', status: 200, type: JSON_TYPE, body: '' };
    case 'not_json':
      return { kind: 'send', status: 200, type: JSON_TYPE, body: 'errcode=0&errmsg=ok' };
    case 'redirect_302':
      return { kind: 'send', status: 302, type: HTML_TYPE, body: gatewayPage(302), location: '/elsewhere' };
    case 'errcode':
      return plain(decorated(refused(fault.errcode ?? -1, fault.errmsg), world.chance, world.clock));
    case 'success_without_code':
      return plain(without(honest, 'code'));
    case 'swap_code':
      return plain(swapped(honest, world, order_id));
    case 'truncated_json':
      return { ...send(honest, (body) => body.slice(0, Math.ceil(body.length / 2))), told: undefined };
    case 'control_characters':
      return send({ ...honest, errmsg: `${honest.errmsg ?? ''}\n\u0001` }, (body) =>
        body.replace('\\n', '\n').replace('\\u0001', '\u0001'),
      );
    case 'errcode_as_string':
      return send(honest, (body) => body.replace(/"errcode":(-?\d+)/, '"errcode":"$1"'));
    case 'unquoted_media_id':
      return send(honest, (body) => body.replace(/"(s_media_id|code)":"(\d+)"/g, '"$1":$2'));
    case 'escaped_slashes':
      return send(honest, (body) => body.replaceAll('/', '\\/'));
    case 'text_plain':
      return { ...send(honest), type: 'text/plain; charset=utf-8' };
    case 'slow_body':
      return { ...send(honest), overMs: fault.delay_ms ?? 2000 };
    case 'wrong_content_length':
      return { ...send(honest), overstated: true, told: undefined };
  }
}

function send(answer: Answer, change: (body: string) => string = (body) => body): Delivery & { kind: 'send' } {
  const body = change(JSON.stringify(answer));
  return { kind: 'send', status: 200, type: JSON_TYPE, body, told: answer.errcode ?? 0 };
}

function without(answer: Answer, field: string): Answer {
  const { [field]: _removed, ...rest } = answer;
  return rest;
}

function swapped(answer: Answer, { cards }: World, order_id?: string): Answer {
  if (answer.code === undefined) return answer;
  const other = cards.latestOfAnotherOrder(order_id);
  return { ...answer, code: other?.code ?? cards.newCode(), openid: other?.openid ?? answer.openid };
}

function gatewayPage(status: number): string {
  return `<html><head><title>${status}</title></head><body><center><h1>${status}</h1></center><hr></body></html>\n`;
}
