import { checkInvoice } from '../../src/domain/check-invoice';
import { Fault } from '../../src/domain/fault';
import { parseIssuedAt } from '../../src/domain/issued-at';
import { ErrcodeView, FaultFactView, ProblemView, RuleBookView, RuleView } from '../../src/orders/rule-book.api';
import { Example } from '../rules/examples';
import { EXAMPLES, UNREADABLE } from '../rules/all-examples';
import { NOW } from '../rules/invoices';
import { differenceOf } from './shown-invoice';

const SEVERITY = {
  error: '错误：订单被拒 · error: the order is refused',
  warning: '警告：订单照常受理，可为商户改为错误 · warning: the order is accepted; a merchant may have it as an error',
};
const CERTAINTY = {
  certain: '确定：见于原文或真实票据 · certain: read in a primary text or proven by genuine invoices',
  likely: '很可能：开票软件与平台的惯例 · likely: the practice of issuing software and platforms',
  unknown: '未公布：资料互相矛盾，因此从不拒单 · unknown: sources contradict each other, so it never refuses',
};

export function rulePage(rule: RuleView, book: RuleBookView): string {
  const chapter = book.chapters.find(({ code }) => code === rule.chapter)!;
  const errcodes = rule.prevents_errcodes.map((errcode) => book.wechat_errcodes.find((e) => e.errcode === errcode)!);
  const { accepts, refuses, sample } = examplesOf(rule.code);
  return page(
    `# ${rule.code} · ${rule.title}`,
    rule.title_en,
    facts([
      ['章节 · chapter', `${chapter.title} · ${chapter.title_en}`],
      [
        '级别 · severity',
        SEVERITY[rule.severity] + (rule.relaxable ? '；可为商户放宽为警告 · a merchant may have it as a warning' : ''),
      ],
      ['把握 · certainty', CERTAINTY[rule.certainty]],
      ['依据 · source', rule.source],
    ]),
    '## 会看到什么 · What you see',
    `${sample.message}\n${sample.messageEn}`,
    json({
      pointer: sample.pointer,
      code: sample.code,
      message: sample.message,
      message_en: sample.messageEn,
      severity: sample.severity,
    }),
    '## 通过 · Accepted',
    accepts,
    '## 不通过 · Refused',
    refuses,
    ...(errcodes.length > 0
      ? ['## 避免的微信错误码 · WeChat’s codes it saves you from', errcodes.map(errcodeWords).join('\n')]
      : []),
    FOOT,
  );
}

export function faultPage(fact: FaultFactView): string {
  return page(
    `# ${fact.code} · ${fact.title}`,
    fact.title_en,
    '## 怎么办 · What to do',
    `${fact.advice}\n${fact.advice_en}`,
    FOOT,
  );
}

export function problemPage({ code, status, title, title_en, doc }: ProblemView): string {
  return page(
    `# ${code} · HTTP ${status}`,
    `${title}。\n${title_en}.`,
    '## 会看到什么 · What you see',
    json({ type: doc, title, title_en, status, code, request_id: '0f6c2a5e-…' }),
    '`errors` 逐项指出字段（JSON 指针）、错误码与怎么办；每个错误码有自己的页面。\nWhere there are `errors`, each names a field by JSON pointer, a code with a page of its own, and what to do.',
    FOOT,
  );
}

const FOOT = '[全部错误码](README.zh-CN.md) · [All codes](README.md)';

function errcodeWords({ errcode, text }: ErrcodeView): string {
  return `- \`${errcode}\` ${text}`;
}

/** Of a time that cannot be read the values are shown, of all other rules what differs from a faultless invoice. */
function examplesOf(code: string): { accepts: string; refuses: string; sample: Fault } {
  if (code in UNREADABLE) {
    const values = UNREADABLE[code as keyof typeof UNREADABLE];
    return {
      accepts:
        '- `"issued_at": "2026-11-20T10:00:00+08:00"`\n- `"issued_at": "2026-11-20"`\n- `"issued_at": 1795104000`',
      refuses: values.map((value) => `- \`"issued_at": ${JSON.stringify(value)}\``).join('\n'),
      sample: parseIssuedAt(values[0]!) as Fault,
    };
  }
  const { accepts, refuses, borderline } = EXAMPLES[code]!;
  const edge = (side: string) =>
    borderline.filter((example) => example[2] === side).map(([why, i]): Example => [why, i]);
  return {
    accepts: list([...accepts, ...edge('accepted')]),
    refuses: list([...refuses, ...edge('refused')]),
    sample: checkInvoice(refuses[0]![1], NOW).find((fault) => fault.code === code)!,
  };
}

function list(examples: Example[]): string {
  return examples.map(([why, invoice]) => `- ${why}: ${differenceOf(invoice)}`).join('\n');
}

function facts(rows: [string, string][]): string {
  return ['| | |', '|---|---|', ...rows.map(([name, value]) => `| ${name} | ${value} |`)].join('\n');
}

function json(value: object): string {
  return `\`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\``;
}

function page(...blocks: string[]): string {
  return `${blocks.join('\n\n')}\n`;
}
