import { RULES } from '../domain/rules/catalogue';
import { errcodeFact, knownErrcodes } from '../wechat/errcodes';
import { INSERT, InsertJudgement, judgementOf } from '../wechat/judgements';
import { CAUSES } from './errcode-causes';
import { REMEDIES } from './errcode-remedies';
import { Guidance, joined, Text } from './guidance';
import { BY_JUDGEMENT } from './judgement-advice';

/** One of WeChat's error codes: what it says, what we make of it on insert, what to do, and the rules that prevent it. */
export interface ErrcodeAdvice {
  errcode: number;
  name: string;
  /** WeChat's own words. */
  text: string;
  /** Our judgement when insert answers it; null: insert does not answer it, or nothing is known. */
  on_insert: InsertJudgement | null;
  advice: string;
  advice_en: string;
  operator_advice: string;
  operator_advice_en: string;
  /** Codes of our rules: whoever keeps them does not see this errcode. */
  prevented_by: string[];
}

/** What an order calls for whose reason is this code. A code that stands nowhere: null. */
export function errcodeGuidance(errcode: number): Guidance | null {
  const name = errcodeFact(errcode)?.name;
  if (name === undefined || name === 'Ok') return null;
  const judgement = judgementOf(INSERT, errcode) ?? 'none';
  const { merchant, operator } = BY_JUDGEMENT[judgement];
  const remedy = judgement === 'configuration' ? REMEDIES[name] : undefined;
  return {
    merchant: joined(CAUSES[name], merchant),
    operator: remedy ? joined(CAUSES[name], operator, remedy) : joined(CAUSES[name], operator),
  };
}

/** For the operator of an order: what WeChat's last answer said. */
export function errcodeInOrder(errcode: number): Text | null {
  if (errcode === 0) return null;
  const [zh, en] = errcodeGuidance(errcode)?.operator ?? BY_JUDGEMENT.none.operator;
  return [`最近答复 ${errcode}：${zh}`, `WeChat last answered ${errcode}: ${en}`];
}

/** All errcodes, for the book of rules. */
export function errcodeAdvice(): ErrcodeAdvice[] {
  return knownErrcodes()
    .filter((errcode) => errcode !== 0)
    .map((errcode) => {
      const { name, text } = errcodeFact(errcode)!;
      const judgement = judgementOf(INSERT, errcode) ?? null;
      const { merchant, operator } = errcodeGuidance(errcode) as Guidance;
      return {
        errcode,
        name,
        text,
        on_insert: judgement,
        advice: merchant[0],
        advice_en: merchant[1],
        operator_advice: operator[0],
        operator_advice_en: operator[1],
        prevented_by: RULES.filter(({ preventsErrcodes }) => preventsErrcodes.includes(errcode)).map(
          ({ code }) => code,
        ),
      };
    });
}
