import { randomUUID } from 'node:crypto';
import { BulkOrderPage, BulkOrderView, BulkPreview, BulkStory, BulkView } from '../console/bulk-reinsertions.api';
import { Call, Command, Option, required, text, Values } from './command';
import { CliError, EXIT } from './exit';
import { columns, Output } from './output';
import { path, query, Service } from './service';
import { reasonInWords, stateInWords } from './words';

const BULKS = '/v1/admin/bulk-reinsertions';
const LOOK_EVERY_MS = 500;
/** Orders of which nothing has moved so long are not waited for: what they wait for is not here. */
const STILL_MS = 60_000;
const MOST_TOLD = 50;
const ON_THEIR_WAY = ['accepted', 'uploaded', 'sending'];
const BULKS_IN_WORDS: Record<BulkView['state'], string> = {
  awaiting_approval: '待第二人批准 awaiting_approval',
  queued: '排队 queued',
  running: '进行中 running',
  done: '完成 done',
  cancelled: '已取消 cancelled',
  failed: '失败 failed',
};
const OUTCOMES_IN_WORDS: Record<BulkOrderView['outcome'], string> = {
  pending: '待处理 pending',
  reinserted: '已重插 reinserted',
  skipped: '跳过 skipped',
};
const REASON = { type: 'string', value: 'TEXT', about: ['原因，记入审计', 'why; kept in the audit trail'] } as const;

/** The conditions of a filter, by option. */
const FILTER: Record<string, Option> = {
  merchant: { type: 'string', value: 'ID', about: ['此商户', 'of this merchant'] },
  appid: { type: 'string', value: 'APPID', about: ['此公众号', 'of this appid'] },
  state: { type: 'string', value: 'STATE', about: ['refused 或 needs_human', 'refused or needs_human'] },
  'because-of': { type: 'string', value: 'REASON', about: ['停下的原因，如 wechat_72031', 'why they stopped'] },
  errcode: { type: 'string', value: 'N', about: ['微信曾答复此错误码', 'WeChat once answered this errcode'] },
  hint: { type: 'string', value: 'HINT', about: ['微信的 hint', 'WeChat’s reference'] },
  from: { type: 'string', value: 'TIME', about: ['受理时间自此', 'accepted from'] },
  to: { type: 'string', value: 'TIME', about: ['受理时间至此之前', 'accepted before'] },
};

const DRY_RUN: Command = {
  name: 'bulk dry-run',
  args: '',
  about: [
    '批量重插会涉及多少订单；不改动任何订单',
    'how many orders a bulk re-insertion would begin; nothing is begun',
  ],
  options: FILTER,
  examples: ['piaoka bulk dry-run --state refused --because-of wechat_72031'],
  async run({ values, out, service }) {
    const json = { filter: filterOf(values), reason: 'dry run', dry_run: true };
    const { data } = await service.call<BulkPreview>('POST', BULKS, { json });
    const lines = [
      `订单 orders: ${data.orders}（单次上限 most at once ${data.most}，超过 ${data.alone} 须第二人批准 need a second person）`,
      ...columns(
        data.by_reason.map(({ state, reason, orders }) => [
          `  ${stateInWords(state)}`,
          reasonInWords(reason),
          String(orders),
        ]),
        [2],
      ),
    ];
    out.result(data, lines);
    return EXIT.ok;
  },
};

const START: Command = {
  name: 'bulk start',
  args: '',
  about: [
    '批量重插符合条件的订单；重复执行请用同一个 --idempotency-key',
    'begin all orders of a filter anew; give the same --idempotency-key when you repeat the command',
  ],
  options: {
    ...FILTER,
    reason: REASON,
    'idempotency-key': { type: 'string', value: 'KEY', about: ['重复执行时给同一个', 'the same at each repeat'] },
    watch: { type: 'boolean', about: ['等待结束', 'wait for the end'] },
  },
  examples: ['piaoka bulk start --state refused --because-of wechat_72031 --reason "模板已开通" --watch'],
  async run({ values, out, service }) {
    const json = { filter: filterOf(values), reason: required(values, 'reason'), dry_run: false };
    const headers = { 'idempotency-key': text(values, 'idempotency-key') ?? randomUUID() };
    const { data } = await service.call<BulkView>('POST', BULKS, { json, headers });
    return values.watch === true ? watch(data.id, out, service) : tell(data, out);
  },
};

const SHOW: Command = {
  name: 'bulk show',
  args: '<bulk_id>',
  about: ['批量重插的进度', 'how far a bulk re-insertion is'],
  options: {},
  examples: ['piaoka bulk show 0199…'],
  async run({ args: [id = ''], out, service }) {
    return tell((await service.call<BulkStory>('GET', of(id))).data, out);
  },
};

const WATCH: Command = {
  name: 'bulk watch',
  args: '<bulk_id>',
  about: ['跟踪进度直到结束；有订单被跳过时退出码为 1', 'follow it to its end; exits with 1 where orders were skipped'],
  options: {},
  examples: ['piaoka bulk watch 0199…'],
  run: ({ args: [id = ''], out, service }) => watch(id, out, service),
};

const ORDERS: Command = {
  name: 'bulk orders',
  args: '<bulk_id>',
  about: ['每个订单的结果（--json 为 NDJSON）', 'what became of each order (NDJSON with --json)'],
  options: {
    outcome: { type: 'string', value: 'OUTCOME', about: ['pending、reinserted 或 skipped', 'with this outcome only'] },
  },
  examples: ['piaoka bulk orders 0199… --outcome skipped'],
  async run({ args: [id = ''], values, out, service }) {
    let cursor: string | undefined;
    do {
      const page = query({ outcome: text(values, 'outcome'), limit: '200', cursor });
      const { data } = await service.call<BulkOrderPage>('GET', `${of(id)}/orders${page}`);
      const rows = data.items.map(({ order_id, outcome, code, message, state, reason }) => {
        return [
          order_id,
          OUTCOMES_IN_WORDS[outcome],
          stateInWords(state),
          [code, message].filter(Boolean).join(' ') || reasonInWords(reason),
        ];
      });
      out.rows(data.items, columns([...(cursor === undefined ? [HEAD] : []), ...rows]));
      cursor = data.next_cursor ?? undefined;
    } while (cursor !== undefined);
    return EXIT.ok;
  },
};

const HEAD = ['订单号 order_id', '结果 outcome', '现状 state', '原因 reason'];

const APPROVE = decision('approve', 'approval', ['第二人批准', 'the second person agrees']);
const CANCEL = decision('cancel', 'cancellation', [
  '不再开始其余订单；已开始的照旧',
  'begin no more of its orders; what was begun stays so',
]);

export const BULK = [DRY_RUN, START, SHOW, WATCH, ORDERS, APPROVE, CANCEL];

function decision(verb: string, resource: string, about: Command['about']): Command {
  return {
    name: `bulk ${verb}`,
    args: '<bulk_id>',
    about,
    options: { reason: REASON },
    examples: [`piaoka bulk ${verb} 0199… --reason "…"`],
    async run({ args: [id = ''], values, out, service }: Call) {
      const json = { reason: required(values, 'reason') };
      return tell((await service.call<BulkView>('POST', `${of(id)}/${resource}`, { json })).data, out);
    },
  };
}

function of(id: string): string {
  return BULKS + path`/${id}`;
}

function filterOf(values: Values): Record<string, unknown> {
  const errcode = text(values, 'errcode');
  if (errcode !== undefined && !/^-?\d{1,9}$/.test(errcode)) {
    throw new CliError(EXIT.usage, '--errcode 须为整数。--errcode is a whole number.');
  }
  return {
    merchant: text(values, 'merchant'),
    appid: text(values, 'appid'),
    state: text(values, 'state'),
    reason: text(values, 'because-of'),
    errcode: errcode === undefined ? undefined : Number(errcode),
    hint: text(values, 'hint'),
    created_from: text(values, 'from'),
    created_to: text(values, 'to'),
  };
}

/** To its end, and until none of its orders is on its way any more, or nothing has moved for a minute. */
async function watch(id: string, out: Output, service: Service): Promise<number> {
  const look = async () => (await service.call<BulkStory>('GET', of(id))).data;
  let bulk = await look();
  if (bulk.state === 'awaiting_approval') return tell(bulk, out);
  const bar = out.progress('orders', bulk.orders);
  let moved = performance.now();
  while (bulk.ended_at === null || (onTheirWay(bulk) > 0 && performance.now() - moved < STILL_MS)) {
    bar.to(bulk.orders - bulk.counts.pending);
    await new Promise((resume) => setTimeout(resume, LOOK_EVERY_MS));
    const before = JSON.stringify(bulk);
    bulk = await look();
    if (bulk.ended_at === null || JSON.stringify(bulk) !== before) moved = performance.now();
  }
  bar.end();
  const remaining = await remainingOf(bulk, service);
  out.result({ ...bulk, remaining }, [...linesOf(bulk), ...remainingLines(remaining, bulk)]);
  return bulk.counts.skipped === 0 && bulk.counts.pending === 0 ? EXIT.ok : EXIT.no;
}

function onTheirWay({ states }: BulkStory): number {
  return ON_THEIR_WAY.reduce((sum, state) => sum + (states[state] ?? 0), 0);
}

/** The orders that have no card, as many as a person reads. */
async function remainingOf(bulk: BulkStory, service: Service): Promise<BulkOrderView[]> {
  const count = bulk.orders - (bulk.states.inserted ?? 0);
  const remaining: BulkOrderView[] = [];
  for (let cursor: string | null = '0'; cursor !== null && remaining.length < Math.min(count, MOST_TOLD);) {
    const { data }: { data: BulkOrderPage } = await service.call<BulkOrderPage>(
      'GET',
      `${of(bulk.id)}/orders${query({ limit: '200', cursor })}`,
    );
    remaining.push(...data.items.filter(({ state }) => state !== 'inserted'));
    cursor = data.next_cursor;
  }
  return remaining.slice(0, MOST_TOLD);
}

function remainingLines(remaining: BulkOrderView[], { id, orders, states }: BulkStory): string[] {
  const count = orders - (states.inserted ?? 0);
  if (count === 0) return [];
  const rows = remaining.map(({ order_id, state, reason, message }) => {
    return [`  ${order_id}`, stateInWords(state), reasonInWords(reason) || (message ?? '')];
  });
  const more = count > remaining.length ? [`  … ${count - remaining.length}: piaoka bulk orders ${id}`] : [];
  return [`尚无卡券 without a card: ${count}`, ...columns(rows), ...more];
}

function tell(bulk: BulkView | BulkStory, out: Output): number {
  out.result(bulk, linesOf(bulk));
  return EXIT.ok;
}

function linesOf(bulk: BulkView | BulkStory): string[] {
  const { pending, reinserted, skipped } = bulk.counts;
  const states = 'states' in bulk ? Object.entries(bulk.states) : [];
  return [
    `${BULKS_IN_WORDS[bulk.state]}  ${bulk.id}`,
    `重插 re-inserted ${reinserted} · 跳过 skipped ${skipped} · 待处理 pending ${pending} / ${bulk.orders}`,
    ...columns(
      states.map(([state, orders]) => [`  ${stateInWords(state)}`, String(orders)]),
      [1],
    ),
  ];
}
