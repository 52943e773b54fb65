import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ReportPage, ReportSummaryView, ReportView } from '../reconciliation/reports.api';
import { Command, required, text } from './command';
import { CliError, EXIT } from './exit';
import { columns, Output } from './output';
import { path, query, Service } from './service';
import { money } from './words';

const REPORTS = '/v1/admin/reports';
const LOOK_EVERY_MS = 500;
const LINES = {
  issued: '开具 issued',
  inserted: '已插卡 inserted',
  open: '处理中 open',
  refused: '已拒绝 refused',
  cancelled: '已冲红 cancelled',
} as const satisfies Partial<Record<keyof ReportSummaryView, string>>;
const BY = { accepted: '受理日 accepted', issued: '开票日 issued' };
const STATES = { queued: '排队 queued', done: '完成 done', failed: '失败 failed' };
const HEAD = ['id', '期间 days', '商户 merchant', '口径 by', '状态 state', '笔数', '价税合计', '差异'];
const SUM_HEAD = ['', '笔数 orders', '价税合计 total', '不含税 net', '税额 tax'];
const TO = {
  type: 'string',
  value: 'DIR',
  about: ['把文件存到此目录，并核对 SHA-256', 'put the files there and check their SHA-256'],
} as const;

const MAKE: Command = {
  name: 'reports make',
  args: '',
  about: [
    '生成商户某日、某周或某月的对账报告并等待完成（运营密钥）',
    'report a merchant’s day, week or month and wait for it (an operator’s key)',
  ],
  options: {
    merchant: { type: 'string', value: 'ID', about: ['商户', 'the merchant'] },
    day: { type: 'string', value: 'DATE', about: ['日期（北京时间）', 'the day, Asia/Shanghai'] },
    period: {
      type: 'string',
      value: 'PERIOD',
      about: ['day 当日（默认）、week 所在周、month 所在月', 'day (default), or its week or month'],
    },
    by: {
      type: 'string',
      value: 'DATE',
      about: [
        'accepted 按受理日（默认）、issued 按开票日',
        'by the day of acceptance (default) or issued: of the invoice',
      ],
    },
    out: TO,
  },
  examples: [
    'piaoka reports make --merchant 0199… --day 2026-11-24 --out reports/',
    'piaoka reports make --merchant 0199… --day 2026-11-01 --period month --by issued --out reports/',
  ],
  async run({ values, out, service }) {
    const json = {
      ...{ merchant: required(values, 'merchant'), day: required(values, 'day') },
      ...{ period: text(values, 'period'), by: text(values, 'by') },
    };
    const headers = { 'idempotency-key': randomUUID() };
    let report = (await service.call<ReportView>('POST', REPORTS, { json, headers })).data;
    while (report.state === 'queued') {
      await new Promise((resume) => setTimeout(resume, LOOK_EVERY_MS));
      report = (await service.call<ReportView>('GET', REPORTS + path`/${report.id}`)).data;
    }
    return deliver(report, text(values, 'out'), out, service);
  },
};

const GET: Command = {
  name: 'reports get',
  args: '<report_id>',
  about: ['一份报告及其文件', 'one report and its files'],
  options: { out: TO },
  examples: ['piaoka reports get 0199… --out reports/'],
  async run({ args: [id = ''], values, out, service }) {
    const { data } = await service.call<ReportView>('GET', REPORTS + path`/${id}`);
    return deliver(data, text(values, 'out'), out, service);
  },
};

const LIST: Command = {
  name: 'reports list',
  args: '',
  about: ['报告，最新的在前', 'reports, newest first'],
  options: {
    merchant: { type: 'string', value: 'ID', about: ['只看此商户', 'of this merchant only'] },
    day: { type: 'string', value: 'DATE', about: ['只看此日', 'of this day only'] },
  },
  examples: ['piaoka reports list --day 2026-11-24'],
  async run({ values, out, service }) {
    const filter = query({ merchant: text(values, 'merchant'), day: text(values, 'day'), limit: '200' });
    const { data } = await service.call<ReportPage>('GET', REPORTS + filter);
    const rows = data.items.map((r) => {
      const { issued, drift } = r.summary ?? {};
      const sums = [issued ? String(issued.count) : '—', issued ? money(issued.fee) : '—', String(drift ?? '—')];
      return [r.id, daysOf(r), r.merchant_name, BY[r.by], STATES[r.state], ...sums];
    });
    out.result(data, columns([HEAD, ...rows], [5, 6, 7]));
    return EXIT.ok;
  },
};

export const REPORT_COMMANDS = [MAKE, GET, LIST];

async function deliver(report: ReportView, to: string | undefined, out: Output, service: Service): Promise<number> {
  if (report.state === 'failed') throw new CliError(EXIT.unreachable, report.error ?? report.state);
  const paths = to === undefined ? [] : await save(report, to, service);
  const { summary } = report;
  const rows = Object.entries(LINES).map(([line, words]) => {
    const sum = summary?.[line as keyof typeof LINES];
    return sum ? [words, String(sum.count), ...[sum.fee, sum.net ?? 0, sum.tax ?? 0].map(money)] : [];
  });
  out.result(report, [
    `${report.merchant_name}  ${daysOf(report)}  ${BY[report.by]}  ${STATES[report.state]}  ${report.id}`,
    ...(summary ? [...columns([SUM_HEAD, ...rows], [1, 2, 3, 4]), `差异 differences: ${summary.drift}`] : []),
    ...paths,
  ]);
  return EXIT.ok;
}

/** What arrives is what the report's manifest says, byte for byte, or the command fails. */
async function save(report: ReportView, directory: string, service: Service): Promise<string[]> {
  mkdirSync(directory, { recursive: true });
  const paths: string[] = [];
  for (const { name, href, sha256 } of report.files) {
    const file = join(directory, `${daysOf(report)}-${report.by}-${report.merchant}-${name.replaceAll('/', '_')}`);
    const hash = createHash('sha256');
    await pipeline(
      await service.stream(href),
      async function* (source: Readable) {
        for await (const chunk of source as AsyncIterable<Buffer>) {
          hash.update(chunk);
          yield chunk;
        }
      },
      createWriteStream(file),
    );
    if (hash.digest('hex') !== sha256) {
      throw new CliError(
        EXIT.no,
        `${file} 的 SHA-256 不符，请重新下载。The SHA-256 of ${file} differs; fetch it again.`,
      );
    }
    paths.push(file);
  }
  return paths;
}

function daysOf({ day, until }: ReportView): string {
  return day === until ? day : `${day}_${until}`;
}
