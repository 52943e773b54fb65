import { randomUUID } from 'node:crypto';
import { Command, required, text, Values } from './command';
import { CliError, EXIT } from './exit';
import { streamOf } from './files';
import { Output } from './output';
import { path, query, Service } from './service';

/** A run with the first page of its findings; what else the service tells is passed on as it is. */
interface Run {
  id: string;
  ended_at: string | null;
  /** What was looked at and found so far. */
  counts?: Record<string, number>;
  error?: string | null;
  ignored_columns?: string[];
  findings?: { items: Finding[]; next_cursor: string | null };
}

interface Finding {
  class: string;
  order_id: string;
  explanation: string;
  explanation_en: string;
}

const LOOK_EVERY_MS = 500;

const TYPES = [
  ['.csv', 'text/csv'],
  // “Unicode text” of a spreadsheet.
  ['.txt', 'text/csv'],
  ['.ndjson', 'application/x-ndjson'],
  ['.jsonl', 'application/x-ndjson'],
] as const;

export const RECONCILE: Command = {
  name: 'reconcile',
  args: '',
  about: [
    '对账并等待结果（运营密钥）；有差异时退出码为 1',
    'reconcile and wait for the result (an operator’s key); differences exit with 1',
  ],
  options: {
    from: { type: 'string', value: 'TIME', about: ['自此时间', 'from this time on'] },
    to: { type: 'string', value: 'TIME', about: ['至此时间之前', 'before this time'] },
    merchant: { type: 'string', value: 'ID', about: ['只对此商户', 'of this merchant only'] },
    statement: {
      type: 'string',
      value: 'FILE',
      about: [
        '与商户的清单比对：.csv、.txt 或 .ndjson，每行一个订单（须给出 --merchant、--from、--to）',
        'compare with what a merchant says it issued: .csv, .txt or .ndjson, one order a line (needs --merchant, --from, --to)',
      ],
    },
  },
  examples: [
    'piaoka reconcile --from 2026-11-01 --to 2026-12-01',
    'piaoka reconcile --json | jq .findings',
    'piaoka reconcile --statement issued.csv --merchant 0199… --from 2026-11-24 --to 2026-11-25',
  ],
  async run({ values, out, service }) {
    const statement = text(values, 'statement');
    const started = await (statement === undefined ? start(values, service) : send(statement, values, service));
    const { ignored_columns: ignored = [] } = started;
    if (ignored.length > 0) out.note(`未读取的列 columns not read: ${ignored.join(', ')}`);
    const run = await whenEnded(started.id, service, out);
    const findings = await allFindings(run, service);
    out.result({ ...run, findings }, [
      ...findings.flatMap((f) => [`✗ ${f.class}  ${f.order_id}`, `    ${f.explanation}`, `    ${f.explanation_en}`]),
      `差异 differences: ${findings.length}  (run ${run.id})`,
    ]);
    if (run.error) throw new CliError(EXIT.unreachable, run.error);
    return findings.length === 0 ? EXIT.ok : EXIT.no;
  },
};

async function start(values: Values, service: Service): Promise<Run> {
  const json = { from: text(values, 'from'), to: text(values, 'to'), merchant: text(values, 'merchant') };
  const headers = { 'idempotency-key': randomUUID() };
  return (await service.call<Run>('POST', '/v1/admin/reconciliations', { json, headers })).data;
}

async function send(file: string, values: Values, service: Service): Promise<Run> {
  const type = TYPES.find(([ending]) => file.toLowerCase().endsWith(ending))?.[1];
  if (!type)
    throw new CliError(EXIT.usage, '清单须为 .csv、.txt 或 .ndjson 文件。A statement is a .csv, .txt or .ndjson file.');
  const [merchant, from, to] = ['merchant', 'from', 'to'].map((name) => required(values, name));
  const where = `/v1/admin/reconciliations/statements${query({ merchant, from, to })}`;
  return (await service.call<Run>('POST', where, { file: { type, body: streamOf(file) } })).data;
}

async function whenEnded(id: string, service: Service, out: Output): Promise<Run> {
  const status = out.status();
  for (;;) {
    const { data } = await service.call<Run>('GET', path`/v1/admin/reconciliations/${id}` + query({ limit: '200' }));
    if (data.ended_at !== null) {
      status.end();
      return data;
    }
    const counts = Object.entries(data.counts ?? {}).map(([name, count]) => `${name} ${count}`);
    status.say(['对账中 reconciling', ...counts].join(' · '));
    await new Promise((resume) => setTimeout(resume, LOOK_EVERY_MS));
  }
}

async function allFindings(run: Run, service: Service): Promise<Finding[]> {
  const findings = [...(run.findings?.items ?? [])];
  for (let cursor = run.findings?.next_cursor ?? null; cursor !== null;) {
    const to = path`/v1/admin/reconciliations/${run.id}` + query({ limit: '200', cursor });
    const { findings: page } = (await service.call<Run>('GET', to)).data;
    findings.push(...(page?.items ?? []));
    cursor = page?.next_cursor ?? null;
  }
  return findings;
}
