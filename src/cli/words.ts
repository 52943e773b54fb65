import { InsertionState } from '../domain/insertion';
import { STATE_WORDS } from '../domain/state-words';
import { yuanToRead } from '../domain/yuan';
import { CAUSES } from '../orders/errcode-causes';
import { BY_REASON } from '../orders/reason-advice';
import { errcodeFact } from '../wechat/errcodes';

/** 分 for people; with --json it stays 分. */
export function money(fen: number): string {
  return `¥${yuanToRead(fen)}`;
}

/** `待人工处理 needs_human`: the word, and what a filter takes. */
export function stateInWords(state: string): string {
  const words = Object.hasOwn(STATE_WORDS, state) ? STATE_WORDS[state as InsertionState] : undefined;
  return words ? `${words[0]} ${state}` : state;
}

/** Why an order stopped, in a sentence; a reason that nobody has put into words as it is. */
export function reasonInWords(reason: string | null | undefined): string {
  if (!reason) return '';
  const errcode = /^(?:wechat|upload)_(-?\d+)$/.exec(reason)?.[1];
  const fact = errcode === undefined ? undefined : errcodeFact(Number(errcode));
  if (fact && fact.name !== 'Ok') return `${CAUSES[fact.name].join(' ')} (${reason})`;
  const known = Object.hasOwn(BY_REASON, reason) ? BY_REASON[reason] : undefined;
  return known
    ? `${firstOf(known.operator[0], /^.*?。/)} ${firstOf(known.operator[1], /^.*?\.(?= |$)/)} (${reason})`
    : reason;
}

/** Shanghai's time to the second, as every answer tells it, without what is the same in each. */
export function time(instant: string): string {
  return instant.replace(/T(\d\d:\d\d:\d\d)(\.\d+)?\+08:00$/, ' $1');
}

function firstOf(text: string, sentence: RegExp): string {
  return sentence.exec(text)?.[0] ?? text;
}
