import { RuleBookView } from '../../src/orders/rule-book.api';

type Language = 'en' | 'zh';

const WORDS = {
  en: {
    head: ['# Error codes', '[简体中文](README.zh-CN.md)'],
    about:
      'Every code that this API answers, one page each. The service serves the pages at `/docs/errors/<code>`, where the `type` of a problem leads; `GET /v1/rules` has all of it as data. These files are generated (`npm run docs:errors`).',
    version: 'Rules about invoices, version',
    columns: ['code', 'rule', 'severity', 'saves you from'],
    severity: { error: 'error', warning: 'warning' },
    faults: 'Other faults of a request',
    faultColumns: ['code', 'meaning', 'what to do'],
    problems: 'Whole answers',
    problemColumns: ['code', 'HTTP', 'meaning'],
    wechat: 'WeChat’s error codes and what we advise',
    wechatColumns: ['errcode', 'WeChat says', 'what to do', 'rules in front of it'],
  },
  zh: {
    head: ['# 错误码', '[English](README.md)'],
    about:
      '本接口可能返回的全部错误码，每码一页。服务在 `/docs/errors/<code>` 提供这些页面，问题详情的 `type` 即指向那里；`GET /v1/rules` 以数据形式给出全部内容。页面由程序生成（`npm run docs:errors`）。',
    version: '发票规则，版本',
    columns: ['错误码', '规则', '级别', '避免的微信错误码'],
    severity: { error: '错误', warning: '警告' },
    faults: '请求的其他错误',
    faultColumns: ['错误码', '含义', '怎么办'],
    problems: '整个请求的结果',
    problemColumns: ['代码', 'HTTP', '含义'],
    wechat: '微信错误码与建议',
    wechatColumns: ['errcode', '微信原文', '怎么办', '在它之前的规则'],
  },
} as const;

export function indexPage(book: RuleBookView, language: Language): string {
  const words = WORDS[language];
  const say = <T>(zh: T, en: T) => (language === 'zh' ? zh : en);
  const chapters = book.chapters.map((chapter) => {
    const rows = book.rules
      .filter((rule) => rule.chapter === chapter.code)
      .map((rule) => [
        link(rule.code),
        say(rule.title, rule.title_en),
        words.severity[rule.severity],
        rule.prevents_errcodes.join(', '),
      ]);
    return [`### ${say(chapter.title, chapter.title_en)}`, table(words.columns, rows)];
  });
  return `${[
    ...words.head,
    words.about,
    `## ${words.version} ${book.version}`,
    ...chapters.flat(),
    `## ${words.faults}`,
    table(
      words.faultColumns,
      book.faults.map((f) => [link(f.code), say(f.title, f.title_en), say(f.advice, f.advice_en)]),
    ),
    `## ${words.problems}`,
    table(
      words.problemColumns,
      book.problems.map((p) => [link(p.code), String(p.status), say(p.title, p.title_en)]),
    ),
    `## ${words.wechat}`,
    table(
      words.wechatColumns,
      book.wechat_errcodes.map((e) => [
        `\`${e.errcode}\``,
        e.text,
        say(e.advice, e.advice_en),
        e.prevented_by.map(link).join(' '),
      ]),
    ),
  ].join('\n\n')}\n`;
}

function link(code: string): string {
  return `[${code}](${code}.md)`;
}

function table(columns: readonly string[], rows: string[][]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|') || '—').join(' | ')} |`;
  return [line(columns), `|${columns.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}
