import { Errcode, errcodeFact } from '../../wechat/errcodes';
import type { WireAnswer } from '../../wechat/wire';
import type { Chance } from '../state/chance';
import type { SandboxClock } from '../state/clock';

/** A WeChat answer before it goes on the wire. */
export interface Answer extends WireAnswer {
  [field: string]: unknown;
}

export function ok(more: Record<string, unknown> = {}): Answer {
  return { errcode: 0, errmsg: 'ok', ...more };
}

export function refused(errcode: number, errmsg?: string): Answer {
  return { errcode, errmsg: errmsg ?? errcodeFact(errcode)?.text ?? 'unknown error' };
}

/** 72031 the way WeChat names a missing field: `invalid params, fee is empty`. */
export function empty(field: string): Answer {
  return refused(Errcode.InvalidParams, `invalid params, ${field} is empty`);
}

/** Real errmsg texts end in a support reference: ` hint: […]` from the invoice backends, ` rid: …` from the gateway. */
export function decorated(answer: Answer, chance: Chance, clock: SandboxClock): Answer {
  const { errcode = 0, errmsg = '' } = answer;
  if (errcode === 0) return answer;
  const fromBackend = errcode < 0 || errcode >= 72000;
  const tail = fromBackend
    ? ` hint: [${chance.hint()}]`
    : ` rid: ${clock.seconds().toString(16).padStart(8, '0')}-${chance.hex(8)}-${chance.hex(8)}`;
  return { ...answer, errmsg: errmsg + tail };
}
