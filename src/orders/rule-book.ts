import { FAULTS } from '../domain/fault-catalogue';
import { RULES, RULES_VERSION } from '../domain/rules/catalogue';
import { CHAPTERS } from '../domain/rules/rule';
import { PROBLEMS, problemType } from '../http/problems';
import { errcodeAdvice } from './errcode-advice';
import { RuleBookView } from './rule-book.api';

/** The book as the world sees it: what `GET /v1/rules` answers and the pages in docs/errors are made from. */
export function ruleBook(): RuleBookView {
  return {
    version: RULES_VERSION,
    chapters: Object.entries(CHAPTERS).map(([code, [title, title_en]]) => ({ code, title, title_en })),
    rules: RULES.map(({ titleEn, preventsErrcodes, relaxable = false, ...rule }) => ({
      ...rule,
      relaxable,
      title_en: titleEn,
      prevents_errcodes: [...preventsErrcodes],
      doc: problemType(rule.code),
    })),
    faults: FAULTS.map(({ titleEn, adviceEn, ...fact }) => ({
      ...fact,
      title_en: titleEn,
      advice_en: adviceEn,
      doc: problemType(fact.code),
    })),
    problems: Object.entries(PROBLEMS).map(([code, [status, title, title_en]]) => ({
      code,
      status,
      title,
      title_en,
      doc: problemType(code),
    })),
    wechat_errcodes: errcodeAdvice(),
  };
}
