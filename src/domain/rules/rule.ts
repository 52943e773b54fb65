import { Fault } from '../fault';

/** How sure the rule is: read in a primary text or proven by genuine invoices · vendors' practice · contradictory. */
export type Certainty = 'certain' | 'likely' | 'unknown';

/** The parts of an invoice, in the order in which its face is read. */
export const CHAPTERS = {
  kind: ['票种', 'Kinds that go another way'],
  number: ['发票号码', 'Invoice number'],
  code: ['发票代码', 'Invoice code'],
  check_code: ['校验码', 'Check code'],
  time: ['开票时间', 'Issue time'],
  title: ['发票抬头', 'Title'],
  buyer: ['购买方识别号', 'Buyer’s taxpayer id'],
  seller: ['销售方识别号', 'Seller’s taxpayer id'],
  item: ['商品明细', 'Lines'],
  amount: ['金额', 'Amounts'],
  text: ['备注与其他文字', 'Remarks and other text'],
} as const;

/** One rule of the book. Its code is stable for ever; severity and text may improve. */
export interface Rule {
  code: string;
  chapter: keyof typeof CHAPTERS;
  /** Only what is certain, or ruins the card, is an error; an error stops the order. */
  severity: Fault['severity'];
  certainty: Certainty;
  /** The law, standard or observation that the rule rests on. */
  source: string;
  title: string;
  titleEn: string;
  /** WeChat's answers that a caller who keeps the rule does not see. */
  preventsErrcodes: readonly number[];
  /** A merchant may have this error given as a warning. */
  relaxable?: true;
}

/** A fault that breaks `rule`: what was found, what is expected, what to do. Never quotes what may be personal data. */
export function broken(rule: Rule, pointer: string, message: string, messageEn: string): Fault {
  return { code: rule.code, pointer, severity: rule.severity, message, messageEn };
}
