import { CardCodeState, InsertionState } from '../domain/insertion';
import { errcodeGuidance, errcodeInOrder, uploadGuidance } from './errcode-advice';
import { Advice, adviceOf, Guidance, joined } from './guidance';
import { FaultView } from './orders.api';
import { BY_REASON } from './reason-advice';
import { BY_STATE, CARD_CODE_UNKNOWN } from './state-advice';

/** What an operator who reads an order should do now. */
export interface OperatorAdvice {
  operator_advice: string;
  operator_advice_en: string;
}

/** Where an order stands, as far as advice depends on it. */
export interface Standing {
  state: InsertionState | 'held';
  reason: string | null;
  cardCodeState: CardCodeState;
}

/** A reason of its own calls for more than its state; null: there is no such reason. */
export function guidanceForReason(reason: string): Guidance | null {
  const [, call, errcode] = /^(wechat|upload)_(-?\d+)$/.exec(reason) ?? [];
  if (errcode === undefined) return BY_REASON[reason] ?? null;
  return call === 'upload' ? uploadGuidance(Number(errcode)) : errcodeGuidance(Number(errcode));
}

export function guidanceFor({ state, reason, cardCodeState }: Standing): Guidance {
  const byReason = reason === null ? null : guidanceForReason(reason);
  if (state === 'inserted' && cardCodeState === 'unknown') return byReason ?? CARD_CODE_UNKNOWN;
  return byReason ?? BY_STATE[state];
}

/** What the merchant who reads an order should do now. */
export function adviceFor(standing: Standing): Advice {
  return adviceOf(guidanceFor(standing).merchant);
}

/** How many doubts stand in an advice; all of them stand in the order. */
const TOLD = 3;

/**
 * What the PDF's full check left in doubt about the order's data stands with the advice, for most readers look no further:
 * a card with another title than its PDF's is of no use to its user.
 */
export function withDoubts(advice: Advice, found: readonly FaultView[]): Advice {
  const doubts = found.filter(({ severity, pointer }) => severity === 'warning' && pointer.startsWith('/invoice/'));
  if (doubts.length === 0) return advice;
  const told = doubts.slice(0, TOLD);
  const more = doubts.length - told.length;
  return {
    advice: `${advice.advice}另请核对：${told.map(({ message }) => message).join('')}${more ? `另有 ${more} 处，见 faults。` : ''}`,
    advice_en: `${advice.advice_en} Please check as well: ${told.map((one) => one.message_en).join(' ')}${more ? ` And ${more} more, see faults.` : ''}`,
  };
}

/** `errcode`: what WeChat answered last. It explains an order that goes on; where there is a reason, that says it. */
export function operatorAdviceFor(standing: Standing, errcode: number | null): OperatorAdvice {
  const { operator } = guidanceFor(standing);
  const said = errcode !== null && standing.reason === null ? errcodeInOrder(errcode) : null;
  const [zh, en] = said ? joined(operator, said) : operator;
  return { operator_advice: zh, operator_advice_en: en };
}
