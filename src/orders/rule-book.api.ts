import { Fault } from '../domain/fault';
import { Certainty } from '../domain/rules/rule';

export class ChapterView {
  code!: string;
  title!: string;
  title_en!: string;
}

export class RuleView {
  code!: string;
  chapter!: string;
  severity!: Fault['severity'];
  /** certain: read in a primary text or proven by genuine invoices; likely: vendors’ practice; unknown: contradictory */
  certainty!: Certainty;
  /** A merchant may have this error given as a warning */
  relaxable!: boolean;
  /** The law, standard or observation that it rests on */
  source!: string;
  title!: string;
  title_en!: string;
  /** WeChat's errcodes that whoever keeps the rule does not see */
  prevents_errcodes!: number[];
  /** Its page */
  doc!: string;
}

export class FaultFactView {
  code!: string;
  title!: string;
  title_en!: string;
  advice!: string;
  advice_en!: string;
  doc!: string;
}

export class ProblemView {
  code!: string;
  status!: number;
  title!: string;
  title_en!: string;
  doc!: string;
}

export class ErrcodeView {
  errcode!: number;
  name!: string;
  /** WeChat's own words */
  text!: string;
  /** What we make of it when insert answers it; null: insert does not, or its meaning is not published */
  on_insert!: string | null;
  advice!: string;
  advice_en!: string;
  /** What the operators of the platform do about it */
  operator_advice!: string;
  operator_advice_en!: string;
  /** Codes of the rules that stand in front of it */
  prevented_by!: string[];
}

/** The rules and every error this API and WeChat can answer, as data. */
export class RuleBookView {
  version!: string;
  chapters!: ChapterView[];
  rules!: RuleView[];
  /** Codes in `errors` that are not rules about invoices */
  faults!: FaultFactView[];
  /** Codes of whole answers */
  problems!: ProblemView[];
  wechat_errcodes!: ErrcodeView[];
}
