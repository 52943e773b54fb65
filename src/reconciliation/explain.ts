import { FindingClass, FindingSource } from '../data/entities/reconciliation';
import { Facts, FindingRow } from './findings';

/** What a difference means and what to do about it. */
export interface Explanation {
  explanation: string;
  explanation_en: string;
  suggestion: string;
  suggestion_en: string;
}

type Words = readonly [zh: string, en: string];
type Topic = `${FindingSource}.${FindingClass}`;

const CANCELLATION_OPEN: Words = [
  '冲红请求已超过一天未得到微信的明确应答。',
  'WeChat has not clearly answered the cancellation for more than a day.',
];

const MEANINGS: Partial<Record<Topic, (ours: Facts, theirs: Facts) => Words>> = {
  'ledger.aged': ({ state, reason }) =>
    reason === 'cancellation_pending'
      ? CANCELLATION_OPEN
      : [
          `订单长时间停留在 ${state}${reason ? `（${reason}）` : ''}，仍未有结果。`,
          `The order has been ${state}${reason ? ` (${reason})` : ''} for long and has come to no end.`,
        ],
  'ledger.code_unknown': () => [
    '卡券已插入，但微信的应答丢失，卡券号未知，因此无法冲红。',
    'The card was inserted, but WeChat’s answer was lost: its code is unknown, so it cannot be cancelled.',
  ],
  'wechat.state': ({ state }, { reimburse_status: status }) => [
    `微信侧卡券状态为 ${status}，而我方记录为 ${state}。`,
    `WeChat says that the card is ${status}; here the order is ${state}.`,
  ],
  'wechat.amount': amounts('微信卡券', 'the card at WeChat'),
  'wechat.number': numbers('微信卡券', 'the card at WeChat'),
  'orders.taken': (_, { taken, number }) =>
    taken === 'order'
      ? [
          '此商户提交的订单号（appid 与 order_id）已被另一商户使用，已拒绝。',
          'The merchant posted an order number (appid and order_id) that another merchant uses; it was refused.',
        ]
      : [
          `此商户提交的发票 ${number} 已在另一商户的订单中，已拒绝。`,
          `The merchant posted the invoice ${number}, which is in another merchant’s order; it was refused.`,
        ],
  'statement.missing': () => [
    '商户清单有此订单，但我方从未收到。',
    'The merchant’s statement names this order; it has never been posted here.',
  ],
  'statement.extra': ({ state }) => [
    `我方有此订单（${state}），但商户清单中没有。`,
    `The order is here (${state}); the merchant’s statement does not name it.`,
  ],
  'statement.amount': amounts('商户清单', 'the merchant’s statement'),
  'statement.number': numbers('商户清单', 'the merchant’s statement'),
  'statement.state': ({ state }, { state: theirs }) => [
    `商户清单称 ${theirs}，而我方该订单为 ${state}。`,
    `The merchant’s statement says ${theirs}; here the order is ${state}.`,
  ],
};

const ACTS: Partial<Record<Topic, Words>> = {
  'ledger.code_unknown': [
    '等待微信推送，或请用户在卡包中出示该发票以获知卡券号；需要冲红前务必先取得。',
    'Wait for a push of WeChat, or let the user show the invoice from the wallet; needed before it can be cancelled.',
  ],
  'wechat.state': [
    '核实后在本系统冲红或更正商户账务；不要自动改状态。',
    'Check, then cancel the order here or mend the merchant’s books; the state is not changed by itself.',
  ],
  'wechat.amount': [
    '核对原始发票；如卡券有误，冲红后重开。',
    'Check the invoice; if the card is wrong, cancel and re-issue.',
  ],
  'wechat.number': [
    '核对原始发票；如卡券有误，冲红后重开。',
    'Check the invoice; if the card is wrong, cancel and re-issue.',
  ],
  'orders.taken': [
    '核对两家商户的 appid 设置、密钥与订单号前缀是否混用，必要时联系双方。',
    'See whether the two merchants share an appid, a key or a range of order numbers; ask both where needed.',
  ],
  'statement.missing': ['请商户补发该订单，或更正其清单。', 'Let the merchant post the order, or mend its statement.'],
  'statement.extra': [
    '请商户核实：发票有效则补入清单；已作废则冲红此订单。',
    'Let the merchant check: a valid invoice belongs in the statement; otherwise cancel the order.',
  ],
  'statement.amount': [
    '以原始发票为准；我方有误则冲红后重开。',
    'The invoice decides; if ours is wrong, cancel and re-issue.',
  ],
  'statement.number': [
    '以原始发票为准；我方有误则冲红后重开。',
    'The invoice decides; if ours is wrong, cancel and re-issue.',
  ],
};

const ACTS_FOR_STATEMENT: Record<string, Words> = {
  issued: [
    '用户卡包中没有有效卡券：修正数据后重插，或用新订单重开（replaces 注明原订单）。',
    'No valid card is in the wallet: mend the data and re-insert, or re-issue under a new order that names this one in `replaces`.',
  ],
  inserted: [
    '我方尚未确认卡券：等待结果，或按该订单的建议处理；商户应以本系统的状态为准。',
    'The card is not certain here: wait, or follow the order’s advice; the merchant should go by the state told here.',
  ],
  cancelled: [
    '如发票确已冲红，请在本系统冲红此订单，以作废用户的卡券。',
    'If the invoice is cancelled, cancel the order here too, so that the user’s card ends.',
  ],
};

const UNCANCELLED: Words = [
  '查看该订单 cancellation 中微信的最近应答；用户卡包中的卡券仍有效，必要时请用户自行删除。',
  'See WeChat’s latest answer in the order’s `cancellation`; the card still lives in the wallet: if need be, let its user delete it.',
];

const ACTS_FOR_AGED: Record<string, Words> = {
  awaiting_authorization: ['提醒用户完成授权，或拒绝该订单。', 'Remind the user to authorise, or reject the order.'],
  in_doubt: ['由运营按证据裁定；切勿换订单号重发。', 'Let an operator resolve it by its evidence; never send it anew.'],
  likely_inserted: [
    '询问用户卡包中是否有此发票后裁定。',
    'Ask the user whether the invoice is in the wallet, then resolve.',
  ],
  // Of inserted orders only an open cancellation is told as aged.
  inserted: UNCANCELLED,
  needs_human: [
    '由运营处理：查看证据后裁定或重插。',
    'An operator must look: resolve it by its evidence, or re-insert.',
  ],
};
const STUCK: Words = [
  '检查 worker 是否运行、账号是否被暂停（/v1/admin/holds）。',
  'See whether workers run and whether the account is held (/v1/admin/holds).',
];

export function explain({ source, class: kind, facts }: Pick<FindingRow, 'source' | 'class' | 'facts'>): Explanation {
  const topic: Topic = `${source}.${kind}`;
  const ours = facts.ours ?? {};
  const [zh, en] = MEANINGS[topic]?.(ours, facts.theirs ?? {}) ?? ['双方记录不一致。', 'The records differ.'];
  const act = actFor(topic, ours, facts.theirs ?? {}) ?? STUCK;
  return { explanation: zh, explanation_en: en, suggestion: act[0], suggestion_en: act[1] };
}

function actFor(topic: Topic, ours: Facts, theirs: Facts): Words | undefined {
  if (topic === 'ledger.aged') return ACTS_FOR_AGED[String(ours.state)];
  if (topic === 'statement.state') return ACTS_FOR_STATEMENT[String(theirs.state)];
  return ACTS[topic];
}

function amounts(zh: string, en: string) {
  return (ours: Facts, theirs: Facts): Words => [
    `金额不一致：我方 ${ours.fee} 分，${zh} ${theirs.fee} 分。`,
    `The amounts differ: ${ours.fee} 分 here, ${theirs.fee} 分 in ${en}.`,
  ];
}

function numbers(zh: string, en: string) {
  return (ours: Facts, theirs: Facts): Words => [
    `发票号码不一致：我方 ${ours.number}，${zh} ${theirs.number}。`,
    `The invoice numbers differ: ${ours.number} here, ${theirs.number} in ${en}.`,
  ];
}
