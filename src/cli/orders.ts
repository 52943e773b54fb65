import { OrderPage, OrderView } from '../orders/orders.api';
import { Command, text } from './command';
import { EXIT } from './exit';
import { columns } from './output';
import { limitOf } from './pages';
import { path, query } from './service';
import { money, reasonInWords, stateInWords, time } from './words';

const PAGE = 200;
const APPID = {
  type: 'string',
  value: 'APPID',
  about: ['订单号用于多个 appid 时指明', 'where one order_id is used under several'],
} as const;

const GET: Command = {
  name: 'orders get',
  args: '<order_id>',
  about: ['一个订单的现状', 'one order as it is now'],
  options: { appid: APPID },
  examples: ['piaoka orders get 2026112200001', 'piaoka orders get 2026112200001 --json | jq .insertion.attempts'],
  async run({ args: [orderId = ''], values, out, service }) {
    const { data } = await service.call<OrderView>(
      'GET',
      path`/v1/orders/${orderId}` + query({ appid: text(values, 'appid') }),
    );
    const { state, reason, advice, advice_en, card_code, next_attempt_at, faults = [] } = data.insertion;
    const rows = [
      ['订单号 order_id', data.order_id],
      ['id', data.id],
      ['状态 state', stateInWords(state)],
      ...(reason ? [['原因 reason', reasonInWords(reason)]] : []),
      ['发票 invoice', [data.invoice.code, data.invoice.number].filter(Boolean).join(' ')],
      ['金额 amount', money(data.invoice.fee)],
      ['抬头 title', data.invoice.title],
      ...(card_code ? [['卡券 card', card_code]] : []),
      ...(next_attempt_at ? [['下次 next attempt', time(next_attempt_at)]] : []),
      ['受理 accepted', time(data.created_at)],
    ];
    const doubts = faults.map(
      ({ severity, pointer, code }) => `${severity === 'error' ? '✗' : '!'} ${pointer}  ${code}`,
    );
    out.result(data, [...columns(rows), ...doubts, advice, advice_en]);
    return EXIT.ok;
  },
};

const LIST: Command = {
  name: 'orders list',
  args: '',
  about: ['订单，最新的在前', 'orders, newest first'],
  options: {
    state: { type: 'string', value: 'STATE', about: ['只看此状态', 'in this state only'] },
    'invoice-number': { type: 'string', value: 'NUMBER', about: ['发票号码', 'of this invoice'] },
    from: {
      type: 'string',
      value: 'TIME',
      about: ['自此时间（RFC 3339 或日期）', 'created from (RFC 3339 or a date)'],
    },
    to: { type: 'string', value: 'TIME', about: ['至此时间之前', 'created before'] },
    limit: {
      type: 'string',
      value: 'N',
      about: ['最多几个，默认 50；all 为全部', 'how many at most, default 50; all for every one'],
    },
  },
  examples: [
    'piaoka orders list --state needs_human',
    'piaoka orders list --from 2026-11-01 --limit all --json > november.ndjson',
  ],
  async run({ values, out, service }) {
    let cursor: string | undefined;
    let left = limitOf(values);
    do {
      const { data } = await service.call<OrderPage>(
        'GET',
        `/v1/orders${query({
          state: text(values, 'state'),
          invoice_number: text(values, 'invoice-number'),
          created_from: text(values, 'from'),
          created_to: text(values, 'to'),
          limit: String(Math.min(left, PAGE)),
          cursor,
        })}`,
      );
      out.rows(data.items, columns([...(cursor === undefined ? [HEAD] : []), ...data.items.map(rowOf)], [3]));
      left -= data.items.length;
      cursor = data.next_cursor ?? undefined;
    } while (cursor !== undefined && left > 0);
    return EXIT.ok;
  },
};

const HEAD = ['受理 accepted', '状态 state', '订单号 order_id', '金额 amount', '发票 invoice', '抬头 title'];

function rowOf({ created_at, state, order_id, invoice }: OrderView): string[] {
  return [time(created_at), stateInWords(state), order_id, money(invoice.fee), invoice.number, invoice.title];
}

export const ORDERS = [GET, LIST];
