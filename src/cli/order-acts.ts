import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import { FormData } from 'undici';
import { ResolutionView } from '../console/order-acts.api';
import { OrderView } from '../orders/orders.api';
import { Call, Command, required, text, Values } from './command';
import { EXIT } from './exit';
import { readBytes, readJson } from './files';
import { path, query, Sent } from './service';

const REASON = { type: 'string', value: 'TEXT', about: ['原因，记入审计', 'why; kept in the audit trail'] } as const;
const KEY = {
  type: 'string',
  value: 'KEY',
  about: ['重复执行时给同一个', 'the same one when you repeat the command'],
} as const;

const REINSERT: Command = {
  name: 'orders reinsert',
  args: '<id>',
  about: [
    '重插一个未成功的订单（运营密钥；id 为订单的 uuid）',
    'insert an order that failed once more (an operator’s key; id is the order’s uuid)',
  ],
  options: {
    reason: REASON,
    changes: { type: 'string', value: 'FILE', about: ['要更正的字段（JSON 文件）', 'the fields to mend, a JSON file'] },
    pdf: { type: 'string', value: 'FILE', about: ['新的 PDF', 'a new PDF'] },
    'trip-pdf': { type: 'string', value: 'FILE', about: ['新的行程单 PDF', 'a new trip PDF'] },
    'idempotency-key': KEY,
  },
  examples: [
    'piaoka orders reinsert 0199… --reason "抬头已更正" --changes title.json',
    'piaoka orders reinsert 0199… --reason "换 PDF" --pdf invoice.pdf',
  ],
  async run({ args: [id = ''], values, out, service }: Call) {
    const { data } = await service.call<Record<string, unknown>>('POST', path`/v1/admin/orders/${id}/reinsertions`, {
      ...reinsertionOf(values),
      headers: keyed(values),
    });
    out.result(data, [`✓ 已安排重插 re-insertion arranged: ${id}`]);
    return EXIT.ok;
  },
};

const RESOLVE: Command = {
  name: 'orders resolve',
  args: '<id> <confirm_inserted|confirm_not_inserted|abandon>',
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
  async run({ args: [id = '', kind = ''], values, out, service }) {
    const { data } = await service.call<ResolutionView>('POST', path`/v1/admin/orders/${id}/resolutions`, {
      json: {
        kind,
        reason: required(values, 'reason'),
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
  const changes = text(values, 'changes');
  const json = { reason: required(values, 'reason'), ...(changes ? { changes: readJson(changes) } : {}) };
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

function keyed(values: Values): Record<string, string> {
  return { 'idempotency-key': text(values, 'idempotency-key') ?? randomUUID() };
}
