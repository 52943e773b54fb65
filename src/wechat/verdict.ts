import { Outcome } from '../domain/outcome';
import { secondsUntilShanghaiMidnight } from '../domain/shanghai';
import { Answer, edgeRefused } from './answer';
import { Errcode, errcodeFact } from './errcodes';
import { ANYWHERE, INSERT, Judgement, judgementOf, OF_THE_UPLOAD, SETPDF } from './judgements';
import { isAbsent, plainId } from './plain-id';

/** Grows with every change of judgement; stored with the code that judged, so that replicas can be told apart. */
export const CLASSIFIER_VERSION = 3;

/** The one meaning of one answer to insertinvoice. */
export function insertVerdict(answer: Answer, now: Date): Outcome {
  if (answer.kind === 'no_answer') {
    return answer.sent ? unclear(answer.reason) : later(`not_sent_${answer.reason}`, 0, true);
  }
  if (answer.kind === 'garbled') return garbledInsert(answer);
  const { errcode, body } = answer;
  if (errcode === 0) return insertedOrUnclear(body);
  const judgement = judgementOf(INSERT, errcode);
  switch (judgement) {
    case undefined:
      return { kind: 'unclear', reason: `errcode_${errcode}`, unknownCode: true };
    case 'unclear':
      return unclear(`errcode_${errcode}`);
    case 'orderConsumed':
    case 'invoiceInWallet':
    case 'awaitingAuthorization':
    case 'mediaGone':
      return { kind: judgement };
    case 'rejected':
      return { kind: 'rejected', code: `wechat_${errcode}` };
    default:
      return notExecuted(judgement, answer, now);
  }
}

/** The one meaning of one answer to setpdf; null: it carries a media id (see `mediaIdOf`). */
export function uploadVerdict(answer: Answer, now: Date): Outcome | null {
  if (answer.kind === 'no_answer') return later(`upload_${answer.reason}`, 0, true);
  if (answer.kind === 'garbled') {
    const { httpStatus, reason } = answer;
    if (httpStatus === 413) return { kind: 'refused', code: 'pdf_too_large_for_wechat' };
    if (edgeRefused(answer)) return held(reason, null);
    return later(`upload_${reason}`, 0, true);
  }
  if (answer.errcode === 0) return mediaIdOf(answer) ? null : later('upload_without_media_id', 0, true);
  const judgement = judgementOf(SETPDF, answer.errcode);
  const name = errcodeFact(answer.errcode)?.name;
  if (name && OF_THE_UPLOAD.has(name)) return { kind: 'refused', code: `upload_${answer.errcode}` };
  return judgement ? notExecuted(judgement, answer, now) : later(`errcode_${answer.errcode}`, 0, true);
}

/** The media id as text: it may exceed 2^53. */
export function mediaIdOf(answer: Answer): string | null {
  return answer.kind === 'answered' ? plainId(answer.body.s_media_id) : null;
}

/** Why no token could be had: the order waits, and burns no try. */
export function tokenVerdict(answer: Answer, now: Date): Outcome {
  if (answer.kind === 'garbled' && edgeRefused(answer)) return held(`token_${answer.reason}`, null);
  if (answer.kind !== 'answered') return later(`token_${answer.reason}`, 15, false);
  const { errcode } = answer;
  // At the token endpoints 40001 speaks of appid and secret.
  const judgement = errcode === Errcode.InvalidCredential ? 'configuration' : judgementOf(ANYWHERE, errcode);
  if (judgement === 'configuration') return held(`token_errcode_${errcode}`, answer);
  if (judgement === 'dayLimit') return held(`token_errcode_${errcode}`, answer, midnightAfter(now));
  return later(`token_errcode_${errcode}`, 60, false);
}

/** Why no ticket could be had; reading one changes nothing. */
export function ticketVerdict(answer: Answer, now: Date): Outcome {
  if (answer.kind !== 'answered') return later(`ticket_${answer.reason}`, 15, false);
  const { errcode } = answer;
  if (errcode === 0) return later('ticket_missing', 15, false);
  const judgement = judgementOf(ANYWHERE, errcode);
  if (judgement === 'configuration') return held(`ticket_errcode_${errcode}`, answer);
  if (judgement === 'dayLimit') return held(`ticket_errcode_${errcode}`, answer, midnightAfter(now));
  return later(`ticket_errcode_${errcode}`, 60, false);
}

function notExecuted(judgement: Judgement, answer: Answer & { kind: 'answered' }, now: Date): Outcome {
  const { errcode } = answer;
  const reason = `errcode_${errcode}`;
  switch (judgement) {
    case 'tokenRefused':
      return { kind: 'tokenRefused' };
    case 'configuration':
      return held(reason, answer);
    case 'dayLimit':
      return held(reason, answer, midnightAfter(now));
    case 'rateLimit':
      return later(reason, 60, false);
    case 'busy':
      return later(reason, 30, true);
    case 'freshTemplate':
      return later(reason, 600, true);
    case 'dataFix':
      return { kind: 'refused', code: `wechat_${errcode}` };
  }
}

function garbledInsert(answer: Answer & { kind: 'garbled' }): Outcome {
  return edgeRefused(answer) ? held(answer.reason, null) : unclear(answer.reason);
}

/** A code that is left out leaves a card whose code is unknown; one that can be none leaves nothing to believe. */
function insertedOrUnclear(body: Record<string, unknown>): Outcome {
  const [cardCode, openid, unionid] = [plainId(body.code), plainId(body.openid), plainId(body.unionid)];
  if (cardCode === null && !isAbsent(body.code)) return unclear('card_code_unreadable');
  // Without errcode it was the openid that told of a success.
  if (body.errcode === undefined && openid === null) return unclear('openid_unreadable');
  return { kind: 'inserted', cardCode, openid, unionid };
}

function midnightAfter(now: Date): Date {
  return new Date(now.getTime() + secondsUntilShanghaiMidnight(now) * 1000);
}

function held(reason: string, answer: (Answer & { kind: 'answered' }) | null, until: Date | null = null): Outcome {
  return { kind: 'held', reason, errcode: answer?.errcode ?? null, errmsg: answer?.errmsg ?? null, until };
}

function unclear(reason: string): Outcome {
  return { kind: 'unclear', reason, unknownCode: false };
}

function later(reason: string, wait: number, counted: boolean): Outcome {
  return { kind: 'later', reason, wait, counted };
}
