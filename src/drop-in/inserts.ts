import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Sealer } from '../data/sealed';
import { readForm } from '../http/multipart-body';
import { Problem } from '../http/problems';
import { SchemaChecks } from '../http/schema-check';
import { Caller } from '../merchants/merchants';
import { orderView } from '../orders/order-view';
import { OrderData, OrderView } from '../orders/orders.api';
import { OrderReader } from '../orders/orders.read';
import { PostOrders } from '../orders/post-orders';
import { Holder } from '../token-gateway/gateway-tokens';
import { DoorCall, DoorHandler, refusal, WechatAnswer } from '../token-gateway/wechat-door';
import { Errcode } from '../wechat/errcodes';
import { WIRE_PATHS } from '../wechat/wire';
import { Admission } from './admission';
import { answerOfOrder, answerOfProblem } from './insert-answer';
import { InsertOrder, readInsert } from './insert-body';
import { MediaShelf } from './media-shelf';

/** How long an insert waits for its card; the order goes on after that, and the same insert asks for it again. */
const PATIENCE_MS = 5000;
const LOOK_MS = 100;
/** What a form may weigh beside its PDF. */
const AROUND_PDF = 256 * 1024;

/** setpdf and insert: the order goes the way of every order, with the order API's promises. */
export class Inserts {
  constructor(
    private readonly admission: Admission,
    private readonly shelf: MediaShelf,
    private readonly posts: PostOrders,
    private readonly reader: OrderReader,
    private readonly sealer: Sealer,
    private readonly checks: SchemaChecks,
    private readonly maxPdfBytes: number,
  ) {}

  doors(): Record<string, DoorHandler> {
    return {
      [WIRE_PATHS.setpdf]: this.admission.open('orders:write', (holder, call) => this.setpdf(holder, call)),
      [WIRE_PATHS.insert]: this.admission.open('orders:write', (holder, call) => this.insert(holder, call)),
    };
  }

  private async setpdf({ caller }: Holder, call: DoorCall): Promise<WechatAnswer> {
    const pdf = await this.partOf(call, caller);
    if (!Buffer.isBuffer(pdf)) return pdf;
    if (pdf.length === 0) return refusal(Errcode.EmptyPostData);
    const mediaId = await this.shelf.put(caller.merchantId, pdf);
    if (mediaId === null) return refusal(Errcode.DailyQuotaReached, 'too many uploads wait for their insert');
    return { errcode: 0, errmsg: 'ok', s_media_id: mediaId };
  }

  private async insert({ caller }: Holder, call: DoorCall): Promise<WechatAnswer> {
    const json = await call.json(caller);
    if (!json) return refusal(Errcode.DataFormatError);
    const given = readInsert(json);
    if ('missing' in given) return refusal(Errcode.InvalidParams, `${given.missing} is empty`);
    try {
      const view = await this.post(given, caller);
      return view ? await this.outcomeOf(view, caller, call) : refusal(Errcode.InvalidMediaId);
    } catch (error) {
      const told = error instanceof Problem ? answerOfProblem(error.body('')) : null;
      if (!told) throw error;
      return told.errcode === Errcode.OrderIdRepeated
        ? ((await this.refusedBefore(given.order, caller)) ?? told)
        : told;
    }
  }

  /** Null: a file it names is not here, or not any more. */
  private async post({ order, mediaId, tripMediaId }: InsertOrder, caller: Caller): Promise<OrderView | null> {
    const faults = this.checks.faults(OrderData.name, order);
    if (faults.length > 0) throw new Problem('invalid_order', { faults });
    const pdf = await this.shelf.get(caller.merchantId, mediaId);
    const tripPdf = tripMediaId === null ? null : await this.shelf.get(caller.merchantId, tripMediaId);
    if (!pdf || (tripMediaId !== null && !tripPdf)) return null;
    const { view } = await this.posts.post({ order, files: { pdf, tripPdf } }, caller);
    await this.shelf.used(caller.merchantId, tripMediaId === null ? [mediaId] : [mediaId, tripMediaId]);
    return view;
  }

  /** 72054 once patience is over: WeChat's own word for an insert that is on its way. */
  private async outcomeOf({ id }: OrderView, { merchantId }: Caller, call: DoorCall): Promise<WechatAnswer> {
    for (const end = Date.now() + PATIENCE_MS; ;) {
      const answer = answerOfOrder(orderView(await this.reader.byId(merchantId, id), this.sealer));
      if (answer) return answer;
      if (Date.now() > end || call.gone()) return refusal(Errcode.InvoiceIsInserting);
      await sleep(LOOK_MS, undefined, { ref: false });
    }
  }

  /** An order that WeChat refused is not consumed, but mending it is a reinsertion here: the refusal stands until then. */
  private async refusedBefore({ order_id: orderId, appid }: OrderData, caller: Caller): Promise<WechatAnswer | null> {
    const [row] = await this.reader.find(caller.merchantId, orderId, appid);
    if (row?.state !== 'refused') return null;
    const answer = answerOfOrder(orderView(row, this.sealer));
    return (
      answer && { ...answer, errmsg: `${String(answer.errmsg)}, refused before: mend it by a reinsertion of the order` }
    );
  }

  private async partOf({ bytes, headers }: DoorCall, caller: Caller): Promise<Buffer | WechatAnswer> {
    const form = await bytes(caller, this.maxPdfBytes + AROUND_PDF);
    try {
      const parts = await readForm(Readable.from([form]), headers, { bytes: { pdf: this.maxPdfBytes } });
      return parts.get('pdf') ?? refusal(Errcode.DataFormatError);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return refusal(error.code === 'body_too_large' ? Errcode.MessageSizeOutOfLimit : Errcode.DataFormatError);
    }
  }
}
