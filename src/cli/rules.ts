import { ruleBook } from '../orders/rule-book';
import { Command } from './command';
import { CliError, EXIT } from './exit';
import { columns } from './output';

export const RULES_COMMAND: Command = {
  name: 'rules',
  args: '[CODE|errcode]',
  about: [
    '列出规则；或解释一个错误码、一个微信 errcode',
    'list the rules; or explain one code, or one errcode of WeChat',
  ],
  options: {},
  examples: [
    'piaoka rules',
    'piaoka rules INVOICE-NUMBER-03',
    'piaoka rules 72073',
    'piaoka rules --json | jq .version',
  ],
  run({ args: [wanted], out }) {
    const book = ruleBook();
    if (wanted === undefined) {
      const rows = book.rules.map((rule) => [rule.code, rule.severity, rule.title, rule.title_en]);
      out.result(book, [`规则版本 rules ${book.version}`, ...columns(rows)]);
      return Promise.resolve(EXIT.ok);
    }
    const entries = [...book.rules, ...book.faults, ...book.problems];
    const found =
      entries.find(({ code }) => code.toLowerCase() === wanted.toLowerCase()) ??
      book.wechat_errcodes.find(({ errcode }) => String(errcode) === wanted);
    if (!found)
      throw new CliError(EXIT.usage, `没有 ${wanted}，请看 piaoka rules。There is no ${wanted}; see piaoka rules.`);
    const shown = Object.entries(found).filter(([, value]) => value !== null && String(value) !== '');
    out.result(
      found,
      columns(shown.map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : String(value)])),
    );
    return Promise.resolve(EXIT.ok);
  },
};
