import { AdminOrderDetail, AdminOrderPage, AdminOrderView } from '../console/admin-orders.api';
import { Command } from './command';
import { CliError, EXIT } from './exit';
import { columns } from './output';
import { path, query, Service } from './service';
import { money, reasonInWords, stateInWords, time } from './words';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What may be written on the paper or screen from which a person reads a number. */
const NUMBERS = ['order_id', 'invoice_number', 'card_code', 'hint'] as const;

/** Orders of all merchants that carry this number in any of its places, each once. */
async function ordersBy(number: string, service: Service): Promise<AdminOrderView[]> {
  const pages = await Promise.all(
    NUMBERS.map((name) => service.call<AdminOrderPage>('GET', `/v1/admin/orders${query({ [name]: number })}`)),
  );
  const found = pages.flatMap(({ data }) => data.items);
  return [...new Map(found.map((order) => [order.id, order])).values()];
}

/** The uuid of the one order that a person means by a number; a uuid means itself. */
export async function idOf(number: string, service: Service): Promise<string> {
  if (UUID.test(number)) return number;
  const found = await ordersBy(number, service);
  const [order, second] = found;
  if (!order) throw new CliError(EXIT.no, `没有找到 ${number}。Nothing was found by ${number}.`);
  if (!second) return order.id;
  const lines = columns(found.map(rowOf), AMOUNT);
  throw new CliError(
    EXIT.usage,
    [`${number} 属于多个订单，请给出 id。${number} is of several orders; give the id.`, ...lines].join('\n'),
  );
}

/** The column of amounts. */
const AMOUNT = [5];

function rowOf({ id, state, merchant_name, order_id, invoice, insertion }: AdminOrderView): string[] {
  return [
    id,
    stateInWords(state),
    merchant_name,
    order_id,
    invoice.number,
    money(invoice.fee),
    insertion.card_code ?? '—',
  ];
}

async function storyOf(number: string, service: Service): Promise<AdminOrderDetail> {
  const id = await idOf(number, service);
  return (await service.call<AdminOrderDetail>('GET', path`/v1/admin/orders/${id}`)).data;
}

const FIND: Command = {
  name: 'orders find',
  args: '<number>',
  about: [
    '凭任一号码找订单：订单号、发票号码、卡券号、微信 hint（运营密钥）',
    'orders by any number: order_id, invoice, card, WeChat’s hint (an operator’s key)',
  ],
  options: {},
  examples: ['piaoka orders find 26312000000183259524'],
  async run({ args: [number = ''], out, service }) {
    const found = UUID.test(number) ? [await storyOf(number, service)] : await ordersBy(number, service);
    const head = ['id', '状态 state', '商户 merchant', '订单号 order_id', '发票 invoice', '金额 amount', '卡券 card'];
    out.result(
      { items: found },
      found.length > 0 ? columns([head, ...found.map(rowOf)], AMOUNT) : [`没有找到 nothing found: ${number}`],
    );
    return found.length > 0 ? EXIT.ok : EXIT.no;
  },
};

const SHOW: Command = {
  name: 'orders show',
  args: '<number>',
  about: ['一个订单的来龙去脉（运营密钥）', 'the whole story of one order (an operator’s key)'],
  options: {},
  examples: ['piaoka orders show 2026112200001', 'piaoka orders show 0199… --json'],
  async run({ args: [number = ''], out, service }) {
    const story = await storyOf(number, service);
    const { invoice, insertion } = story;
    const facts = [
      ['id', story.id],
      ['订单号 order_id', `${story.order_id} (${story.appid})`],
      ['商户 merchant', story.merchant_name],
      ['状态 state', stateInWords(story.state)],
      ...(insertion.reason ? [['原因 reason', reasonInWords(insertion.reason)]] : []),
      ['发票 invoice', [invoice.code, invoice.number].filter(Boolean).join(' ')],
      ['金额 amount', `${money(invoice.fee)} = ${money(invoice.fee_without_tax)} + ${money(invoice.tax)}`],
      ['抬头 title', invoice.title],
      ['卡券 card', insertion.card_code ?? insertion.card_code_state],
      ['可做 acts', story.allowed_acts.join(', ') || '—'],
    ];
    out.result(story, [
      ...columns(facts),
      '',
      ...eventLines(story),
      '',
      story.operator_advice,
      story.operator_advice_en,
    ]);
    return EXIT.ok;
  },
};

const EVENTS: Command = {
  name: 'orders events',
  args: '<number>',
  about: ['一个订单的时间线（运营密钥）', 'the timeline of one order (an operator’s key)'],
  options: {},
  examples: ['piaoka orders events 2026112200001'],
  async run({ args: [number = ''], out, service }) {
    const story = await storyOf(number, service);
    out.result({ items: story.events }, eventLines(story));
    return EXIT.ok;
  },
};

const QUESTION: Command = {
  name: 'orders question',
  args: '<number>',
  about: ['该问用户什么，可直接复制（运营密钥）', 'what to ask the user, ready to copy (an operator’s key)'],
  options: {},
  examples: ['piaoka orders question 2026112200001'],
  async run({ args: [number = ''], out, service }) {
    const { id, question, question_en } = await storyOf(number, service);
    out.result(
      { id, question, question_en },
      question === null ? ['没有要问用户的。There is nothing to ask.'] : [question, question_en ?? ''],
    );
    return EXIT.ok;
  },
};

const ACTS: Command = {
  name: 'orders acts',
  args: '<number>',
  about: ['此刻可对订单做什么（运营密钥）', 'what may be done about an order now (an operator’s key)'],
  options: {},
  examples: ['piaoka orders acts 2026112200001'],
  async run({ args: [number = ''], out, service }) {
    const { id, allowed_acts } = await storyOf(number, service);
    const lines = allowed_acts.map((act) => `piaoka ${COMMANDS_OF_ACTS[act]?.(id) ?? act}`);
    out.result({ id, allowed_acts }, lines.length > 0 ? lines : ['此刻没有可做的。Nothing can be done now.']);
    return EXIT.ok;
  },
};

const COMMANDS_OF_ACTS: Record<string, (id: string) => string> = {
  reinsertion: (id) => `orders reinsert ${id} --reason …`,
  revision: (id) => `orders reinsert ${id} --reason … --set title=…`,
  confirm_inserted: (id) => `orders resolve ${id} confirm_inserted --reason …`,
  confirm_not_inserted: (id) => `orders resolve ${id} confirm_not_inserted --reason …`,
  abandon: (id) => `orders resolve ${id} abandon --reason …`,
};

export const ORDER_STORY = [FIND, SHOW, EVENTS, QUESTION, ACTS];

function eventLines({ events }: AdminOrderDetail): string[] {
  return columns(
    events.map(({ at, type, data }) => [
      time(at),
      stateInWords(type),
      Object.keys(data).length > 0 ? JSON.stringify(data) : '',
    ]),
  );
}
