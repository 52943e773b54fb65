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

/** What an order calls for whose PDF was turned away for how the upload was made, which is nothing of the order's. */
export function uploadGuidance(errcode: number): Guidance | null {
  const name = errcodeFact(errcode)?.name;
  if (name === undefined || name === 'Ok') return null;
  const said: Text = [
    `上传 PDF（setpdf）被拒（${errcode}）：`,
    `The upload of the PDF (setpdf) was refused (${errcode}):`,
  ];
  return {
    merchant: joined(said, CAUSES[name], UPLOAD_IS_OURS.merchant),
    operator: joined(said, CAUSES[name], UPLOAD_IS_OURS.operator),
  };
}

const UPLOAD_IS_OURS: Guidance = {
  merchant: [
    '这与订单内容无关，发票和 PDF 都无须改动。运营修正后会重插，勿重发。',
    'It has nothing to do with the order: neither invoice nor PDF need a change. Operators mend it and re-insert; send nothing again.',
  ],
  operator: [
    'multipart 请求在途中被改动：检查 WECHAT_BASE_URL、代理与 WAF 是否改写 Content-Type、boundary 或分块转发；修正后重插。直连仍如此则带 hint 报给开发者。',
    'The multipart request was altered on its way: see whether WECHAT_BASE_URL, a proxy or WAF rewrites Content-Type, boundary or forwards it in chunks; mend that and re-insert. If it happens without any between, report it with its hint.',
  ],
};

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
