import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import { FormData } from 'undici';
import { ResolutionView } from '../console/order-acts.api';
import { OrderView } from '../orders/orders.api';
import { Call, Command, required, text, texts, Values } from './command';
import { CliError, EXIT } from './exit';
import { readBytes, readJson } from './files';
import { idOf } from './order-story';
import { path, query, Sent } from './service';

const REASON = { type: 'string', value: 'TEXT', about: ['原因，记入审计', 'why; kept in the audit trail'] } as const;
const KEY = {
  type: 'string',
  value: 'KEY',
  about: ['重复执行时给同一个', 'the same one when you repeat the command'],
} as const;

const REINSERT: Command = {
  name: 'orders reinsert',
  args: '<number>',
  about: [
    '重插一个未成功的订单（运营密钥；凭 uuid 或订单上的任一号码）',
    'insert an order that failed once more (an operator’s key; by its uuid or any number of it)',
  ],
  options: {
    reason: REASON,
    set: {
      type: 'string',
      multiple: true,
      value: 'FIELD=VALUE',
      about: [
        '更正发票的一个字段，可重复；空值为删去',
        'mend a field of the invoice; may be repeated, an empty value removes it',
      ],
    },
    changes: { type: 'string', value: 'FILE', about: ['要更正的字段（JSON 文件）', 'the fields to mend, a JSON file'] },
    pdf: { type: 'string', value: 'FILE', about: ['新的 PDF', 'a new PDF'] },
    'trip-pdf': { type: 'string', value: 'FILE', about: ['新的行程单 PDF', 'a new trip PDF'] },
    'idempotency-key': KEY,
  },
  examples: [
    'piaoka orders reinsert 2026112200001 --reason "抬头已更正" --set title=示例科技(上海)有限公司',
    'piaoka orders reinsert 0199… --reason "明细已更正" --changes items.json',
    'piaoka orders reinsert 0199… --reason "换 PDF" --pdf invoice.pdf',
  ],
  async run({ args: [number = ''], values, out, service }: Call) {
    const sent = reinsertionOf(values);
    const id = await idOf(number, service);
    const { data } = await service.call<Record<string, unknown>>('POST', path`/v1/admin/orders/${id}/reinsertions`, {
      ...sent,
      headers: keyed(values),
    });
    out.result(data, [`✓ 已安排重插 re-insertion arranged: ${id}`]);
    return EXIT.ok;
  },
};

const RESOLVE: Command = {
  name: 'orders resolve',
  args: '<number> <confirm_inserted|confirm_not_inserted|abandon>',
  about: [
    '裁定一个无法凭证据判定的订单（运营密钥）；confirm_not_inserted 须两人各提交一次',
    'settle an order that evidence alone cannot (an operator’s key); confirm_not_inserted takes two people',
  ],
  options: {
    reason: REASON,
    evidence: { type: 'string', value: 'TEXT', about: ['依据', 'what it rests on'] },
    'card-code': { type: 'string', value: 'CODE', about: ['卡券号（如已看到）', 'the card’s code, where it was read'] },
    'idempotency-key': KEY,
  },
  examples: ['piaoka orders resolve 0199… confirm_inserted --reason "用户出示了卡券" --evidence "工单 4711"'],
  async run({ args: [number = '', kind = ''], values, out, service }) {
    const reason = required(values, 'reason');
    const id = await idOf(number, service);
    const { data } = await service.call<ResolutionView>('POST', path`/v1/admin/orders/${id}/resolutions`, {
      json: {
        kind,
        reason,
        evidence: text(values, 'evidence'),
        card_code: text(values, 'card-code'),
      },
      headers: keyed(values),
    });
    const settled = data.state === 'settled';
    out.result(data, [
      settled ? `✓ 已裁定 settled: ${id}` : `… 等待第二人提交同样的裁定 a second person must send the same: ${id}`,
    ]);
    return EXIT.ok;
  },
};

const CANCEL: Command = {
  name: 'orders cancel',
  args: '<order_id>',
  about: [
    '冲红后使卡券失效（商户密钥）；重复执行是安全的',
    'after 冲红: the card ends (a merchant’s key); repeating it is safe',
  ],
  options: {
    reason: REASON,
    appid: {
      type: 'string',
      value: 'APPID',
      about: ['订单号用于多个 appid 时指明', 'where one order_id is used under several'],
    },
  },
  examples: ['piaoka orders cancel 2026112200001 --reason "发票已红冲"'],
  async run({ args: [orderId = ''], values, out, service }) {
    const to = path`/v1/orders/${orderId}/cancellation` + query({ appid: text(values, 'appid') });
    const json = { reason: text(values, 'reason') };
    const { status, data } = await service.call<OrderView>('POST', to, { json });
    const done = status === 200;
    out.result(data, [
      done
        ? `✓ 已冲红 cancelled: ${orderId}`
        : `… 微信尚未明确答复，将自动再次告知 WeChat has not answered clearly and is told again: ${orderId}`,
    ]);
    return EXIT.ok;
  },
};

export const ORDER_ACTS = [REINSERT, RESOLVE, CANCEL];

/** A form where files go with it. */
function reinsertionOf(values: Values): Sent {
  const changes = changesOf(values);
  const json = { reason: required(values, 'reason'), ...(changes ? { changes } : {}) };
  const files = ['pdf', 'trip-pdf'].flatMap((option) => {
    const file = text(values, option);
    return file === undefined ? [] : [[option.replace('-', '_'), file] as const];
  });
  if (files.length === 0) return { json };
  const form = new FormData();
  form.set('reinsertion', JSON.stringify(json));
  for (const [part, file] of files) {
    form.set(part, new Blob([readBytes(file)], { type: 'application/pdf' }), basename(file));
  }
  return { form };
}

/** A file of changes, and single fields of the invoice, which stand above it. */
function changesOf(values: Values): object | undefined {
  const file = text(values, 'changes');
  const given = file ? (readJson(file) as { invoice?: object }) : undefined;
  const fields = texts(values, 'set').map(fieldOf);
  if (fields.length === 0) return given;
  return { ...given, invoice: { ...given?.invoice, ...Object.fromEntries(fields) } };
}

const WHOLE_NUMBERS = ['fee', 'fee_without_tax', 'tax'];

function fieldOf(given: string): [string, string | number] {
  const [, name = '', value = ''] = /^(\w+)=(.*)$/s.exec(given) ?? [];
  if (name === '') {
    throw new CliError(EXIT.usage, `--set 须为 字段=值，而不是 "${given}"。--set takes FIELD=VALUE, not "${given}".`);
  }
  if (!WHOLE_NUMBERS.includes(name)) return [name, value];
  if (/^\d+$/.test(value)) return [name, Number(value)];
  throw new CliError(
    EXIT.usage,
    `${name} 以分计，须为整数，例如 106.00 元写作 10600。${name} is in 分: a whole number, 10600 for ¥106.00.`,
  );
}

function keyed(values: Values): Record<string, string> {
  return { 'idempotency-key': text(values, 'idempotency-key') ?? randomUUID() };
}
