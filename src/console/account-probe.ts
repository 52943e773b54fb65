import { randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import { Accounts, WechatAccount } from '../accounts/accounts';
import { SetUp } from '../accounts/set-up';
import { sizedPdf } from '../accounts/sized-pdf';
import { Sealer } from '../data/sealed';
import { asEngine } from '../data/statement';
import { PersonalData, unite } from '../domain/personal-data';
import { Problem } from '../http/problems';
import { OrderReader, OrderRow } from '../orders/orders.read';
import { Answer } from '../wechat/answer';
import { insertBody } from '../wechat/card-ext';
import { json, WechatClient } from '../wechat/client';
import { Errcode } from '../wechat/errcodes';
import { TokenAccount, TokenManager } from '../wechat/tokens';
import { mediaIdOf } from '../wechat/verdict';
import { WIRE_PATHS } from '../wechat/wire';
import { withToken } from '../wechat/with-token';
import { ProbeAnswerView } from './account-probe.api';
import { merchantOf } from './act';

const MIB = 1024 * 1024;

type Conclusion = readonly [zh: string, en: string];

/**
 * Asks a real account what WeChat's documents leave open: how large an upload may be, how many calls a day it has, what is
 * told of an order after its card, and, where an operator wants it, whether a repeated insert is refused as our in-doubt
 * protocol relies on. Nothing here touches an order of ours.
 */
export class AccountProbe {
  constructor(
    private readonly dataSource: DataSource,
    private readonly sealer: Sealer,
    private readonly accounts: Accounts,
    private readonly setUp: SetUp,
    private readonly orders: OrderReader,
    private readonly tokens: TokenManager,
    private readonly wechat: WechatClient,
  ) {}

  async upload(account: WechatAccount, mib: number): Promise<ProbeAnswerView> {
    const answer = await this.ask(account, (token) => this.wechat.setpdf(token, sizedPdf(mib * MIB)));
    return told(`upload_${mib}_mib`, answer, () => [`微信接受 ${mib} MiB 的 PDF。`, `A PDF of ${mib} MiB is taken.`]);
  }

  async quota(account: WechatAccount, call: 'setpdf' | 'insert'): Promise<ProbeAnswerView> {
    const answer = await this.ask(account, (token) => this.wechat.quota(token, WIRE_PATHS[call]));
    return told(`quota_${call}`, answer, ({ quota }) => {
      const { daily_limit = '?', remain = '?' } = (quota ?? {}) as Record<string, number | undefined>;
      return [`每日 ${daily_limit} 次，今日还剩 ${remain} 次。`, `${daily_limit} calls a day, ${remain} left today.`];
    });
  }

  /** The order with its card, of this very issuer; a problem where it is not. */
  async insertedOrder(account: WechatAccount, id: string): Promise<OrderRow> {
    const owner = await asEngine(this.dataSource, async (client) => {
      const merchantId = await merchantOf(client, id);
      const { rows } = await client.query<{ issuer_appid: string }>(
        'SELECT issuer_appid FROM insertions WHERE merchant_id = $1 AND id = $2',
        [merchantId, id],
      );
      return rows[0]?.issuer_appid === account.appid ? merchantId : null;
    });
    if (!owner) throw new Problem('not_found');
    const order = await this.orders.byId(owner, id);
    if (order.state !== 'inserted' || order.card_code === null) throw new Problem('probe_needs_a_card');
    return order;
  }

  /** Whether and how WeChat calls the order authorised once it has its card. */
  async authStatus(account: WechatAccount, order: OrderRow): Promise<ProbeAnswerView> {
    const merchant = await this.accounts.find(order.appid);
    // Another account's token would be answered about another account's orders.
    if (!merchant) return told('auth_status', null, () => ['', '']);
    const pappid = await this.setUp.pappid(account);
    const s_pappid = 'sPappid' in pappid ? pappid.sPappid : '';
    const status = await this.post(merchant, WIRE_PATHS.getauthdata, { s_pappid, order_id: order.order_id });
    return told('auth_status', status, ({ invoice_status }) => [
      `插卡后的 invoice_status 为 “${String(invoice_status)}”。`,
      `After the card, invoice_status is “${String(invoice_status)}”.`,
    ]);
  }

  /** Whether the API of ordinary cards knows invoice cards too. */
  async cardCode(account: WechatAccount, order: OrderRow): Promise<ProbeAnswerView> {
    const code = await this.post(account, WIRE_PATHS.cardcode, {
      card_id: order.card_id,
      code: order.card_code,
      check_consume: false,
    });
    return told('card_code', code, () => [
      '卡券查询接口能看到发票卡：丢失的结果可据此核对。',
      'The card API shows invoice cards: a lost result could be looked up.',
    ]);
  }

  /**
   * The order's insert once more, with the same data and a fresh upload, as a probe of a doubtful order sends it; then
   * again under the same nonce_str, and, where a template is named, with that one. Only an order that WeChat has refused
   * as repeated is sent further.
   */
  async repeated(account: WechatAccount, order: OrderRow, youngTemplate: string | null): Promise<ProbeAnswerView[]> {
    const pdf = await this.orders.pdf(order, 'pdf');
    const upload = pdf && (await this.ask(account, (token) => this.wechat.setpdf(token, pdf)));
    const mediaId = upload && mediaIdOf(upload);
    if (!mediaId)
      return [told('repeated_insert', upload, () => ['上传没有得到 s_media_id。', 'The upload gave no s_media_id.'])];
    const nonce = randomBytes(16).toString('hex');
    const insert = (cardId: string, nonceStr: string) => {
      const card = { orderId: order.order_id, cardId, appid: order.appid, mediaId, tripMediaId: null };
      const body = insertBody({ ...card, invoice: this.invoiceOf(order) }, account.billingFields, nonceStr);
      return this.ask(account, (token) => this.wechat.insert(token, json(body)));
    };
    const card = ({ code }: Record<string, unknown>) => secondCard(order, code);
    const first = await insert(order.card_id, nonce);
    const knows = saysRepeated(first);
    const answers = [told('repeated_insert', first, card, knows ? REFUSED_AS_IT_SHOULD : NOTHING_LEARNT)];
    if (!knows) return answers;
    const again = await insert(order.card_id, nonce);
    answers.push(told('repeated_nonce', again, card, saysRepeated(again) ? NONCE_IS_NOTHING : NONCE_MATTERS));
    if (youngTemplate === null) return answers;
    const young = await insert(youngTemplate, randomBytes(16).toString('hex'));
    return [...answers, told('young_template', young, card, ofTemplate(young))];
  }

  private invoiceOf(order: OrderRow) {
    const personal = order.person
      ? (JSON.parse(this.sealer.open(order.person, `orders|${order.id}`)) as PersonalData)
      : null;
    return unite(order.invoice, personal);
  }

  private post(account: TokenAccount, path: string, body: object): Promise<Answer | null> {
    return this.ask(account, (token) => this.wechat.post(token, path, body, { query: {}, successField: null }));
  }

  private async ask(account: TokenAccount, send: (token: string) => Promise<Answer>): Promise<Answer | null> {
    return (await withToken(this.tokens, account, send)).answer;
  }
}

const REFUSED_AS_IT_SHOULD: Conclusion = [
  '重复的插卡被拒绝：对存疑订单以同一 order_id 再次请求是安全的。',
  'The repeated insert is refused: asking again with the same order_id is safe.',
];

const NOTHING_LEARNT: Conclusion = [
  '此答复与重复插卡无关，未得到结论，请再次探测。',
  'This answer does not speak of the repetition: nothing is learnt. Probe again.',
];

const NONCE_IS_NOTHING: Conclusion = [
  '同一 nonce_str 再次请求，同样被拒绝：去重看的是订单，不是 nonce_str。',
  'The same nonce_str is refused in the same way: it is the order that counts, not the nonce_str.',
];

const NONCE_MATTERS: Conclusion = [
  '同一 nonce_str 再次请求得到另一种答复：微信会看 nonce_str。本服务每次请求都用新的。',
  'The same nonce_str is answered otherwise: WeChat looks at it. This service takes a new one for each request.',
];

/** Only a word about the order itself says that it was looked at: a quota or a busy WeChat says nothing. */
function saysRepeated(answer: Answer | null): boolean {
  return answer?.kind === 'answered' && REPEATED.includes(answer.errcode);
}

const REPEATED: readonly number[] = [
  Errcode.OrderIdRepeated,
  Errcode.DuplicateOrderId,
  Errcode.HasSend,
  Errcode.InvoiceIsInserting,
];

/** Undefined: simply refused. */
function ofTemplate(answer: Answer | null): Conclusion | undefined {
  if (saysRepeated(answer))
    return [
      '新模板已可使用（或微信先检查订单，尚不能断定）。',
      'The new template can be used already, or WeChat looks at the order first: not certain.',
    ];
  if (answer?.kind !== 'answered' || answer.errcode !== 40078) return undefined;
  return [
    '新模板尚不可用：请稍后再探测，即可得知需等待多久。',
    'The new template is too young still: probe again later to learn how long it takes.',
  ];
}

function secondCard(order: OrderRow, code: unknown): Conclusion {
  return code === order.card_code
    ? ['重复的插卡得到同一张卡，没有第二张。', 'The repeated insert gives the same card; there is no second one.']
    : [
        '危险：重复的插卡生成了第二张卡！请设置 IN_DOUBT_POLICY=manual，并在用户卡包中处理多出的卡。',
        'DANGER: the repeated insert made a second card! Set IN_DOUBT_POLICY=manual, and see to the second card.',
      ];
}

/** `yes`: the conclusion of a success, from its body; `no`: of a refusal, where it is not simply that. */
function told(
  question: string,
  answer: Answer | null,
  yes: (body: Record<string, unknown>) => Conclusion,
  no?: Conclusion,
): ProbeAnswerView {
  if (answer?.kind !== 'answered') {
    const why = answer?.reason ?? 'token';
    const words = [`没有得到明确答复（${why}），请稍后再试。`, `No clear answer (${why}); try again later.`] as const;
    return { question, errcode: null, errmsg: null, conclusion: words[0], conclusion_en: words[1] };
  }
  const { errcode, errmsg, body } = answer;
  const [conclusion, conclusion_en] =
    errcode === 0 ? yes(body) : (no ?? [`微信拒绝（${errcode}）。`, `WeChat refuses (${errcode}).`]);
  return { question, errcode, errmsg, conclusion, conclusion_en };
}
