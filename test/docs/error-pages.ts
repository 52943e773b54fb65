import { ruleBook } from '../../src/orders/rule-book';
import { indexPage } from './index-pages';
import { faultPage, problemPage, rulePage } from './pages';

/** Every page of docs/errors by its file name, made from the rules, the catalogue of faults and the examples. */
export function errorPages(): Map<string, string> {
  const book = ruleBook();
  return new Map([
    ['README.md', indexPage(book, 'en')],
    ['README.zh-CN.md', indexPage(book, 'zh')],
    ...book.rules.map((rule) => [`${rule.code}.md`, rulePage(rule, book)] as const),
    ...book.faults.map((fact) => [`${fact.code}.md`, faultPage(fact)] as const),
    ...book.problems.map((problem) => [`${problem.code}.md`, problemPage(problem)] as const),
  ]);
}
