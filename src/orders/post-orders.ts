import { DataSource } from 'typeorm';
import { AskTogether } from '../data/ask-together';
import { checkedWith } from '../domain/check-invoice';
import { Fault, fault, hasErrors, warning } from '../domain/fault';
import { PdfCheck } from '../domain/pdf-verdict';
import { failpoint } from '../failpoints';
import { faultViews } from '../http/fault-views';
import { Problem } from '../http/problems';
import { Sealer } from '../data/sealed';
import { Caller } from '../merchants/merchants';
import { noteTaken } from '../reconciliation/taken';
import { Acceptance, Kept } from './acceptance';
import { AcceptOrders } from './accept';
import { GivenOrder } from './order-body';
import { faultsOfSpoilt, SpoiltOrder } from './spoilt-order';
import { checkPdf } from '../invoice-files/pdf-shape';
import { draftOrder, OrderDraft, OrderFiles, sameFiles } from './order-draft';
import { findReplaced, saleTaken } from './lineage';
import { acceptedView, orderView } from './order-view';
import { InvoiceReader } from './invoice-reader';
import { OrderData, OrderDataFromFile, OrderView } from './orders.api';
import { OrderReader, OrderRow } from './orders.read';
import { Turns } from './turns';

export interface Posted {
  /** 202: stored; 200: the same content was posted before. */
  status: 202 | 200;
  view: OrderView;
}

/** One order from one caller: the rules, the store, and the answer. The same for a single order and a line of a batch. */
export class PostOrders {
  private readonly replays = new AskTogether<OrderRow>();
  private readonly rivals = new AskTogether<void>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly orders: AcceptOrders,
    private readonly reader: OrderReader,
    private readonly sealer: Sealer,
    private readonly files: InvoiceReader,
    private readonly limits: { maxPdfBytes: number; pdfCheck: PdfCheck },
    private readonly turns: Turns,
  ) {}

  async post(given: GivenOrder | SpoiltOrder, caller: Caller): Promise<Posted> {
    if ('ofShape' in given) {
      throw new Problem('invalid_order', { faults: faultsOfSpoilt(given, caller, this.limits, nowInSeconds()) });
    }
    const { order, files } = given;
    return this.turns.take(caller.merchantId, () =>
      order.invoice === 'from_file' ? this.postFromFile(order, files, caller) : this.postWhole(order, files, caller),
    );
  }

  /** The invoice is what the PDF says. A repeat is one by its bytes: reading may come to more another time. */
  private async postFromFile(order: OrderDataFromFile, files: OrderFiles, caller: Caller): Promise<Posted> {
    const { maxPdfBytes } = this.limits;
    const ofTrip = files.tripPdf ? checkPdf(files.tripPdf, '/trip_pdf', maxPdfBytes) : [];
    const ofShape = [...checkPdf(files.pdf, '/pdf', maxPdfBytes), ...ofTrip];
    if (hasErrors(ofShape)) throw new Problem('invalid_order', { faults: ofShape });
    const [before] = await this.reader.find(caller.merchantId, order.order_id, order.appid ?? caller.appid);
    if (before && sameFiles(before, files)) return { status: 200, view: orderView(before, this.sealer) };
    const invoice = await this.files.invoiceOf(files.pdf, caller.merchantId);
    return this.postWhole({ ...order, invoice }, files, caller);
  }

  private async postWhole(order: OrderData, files: OrderFiles, caller: Caller): Promise<Posted> {
    const { draft: drafted, faults } = draftOrder(order, files, caller, this.limits, nowInSeconds());
    if (!drafted || hasErrors(faults)) return this.repeated(drafted, faults, caller);
    const { draft, faults: ofRelations } = await this.related(drafted, caller);
    if (ofRelations.length > 0) throw new Problem('invalid_order', { faults: ofRelations });
    await failpoint('post.checked');
    const accepted = await this.orders.accept(draft);
    await failpoint('post.stored');
    switch (accepted.kind) {
      case 'accepted':
        return { status: 202, view: viewOfAccepted(draft, faults, accepted) };
      case 'replayed':
        return this.replay(accepted.id, caller);
      default:
        await this.tellOfRival(draft, accepted);
        throw refusal(accepted);
    }
  }

  /** That another merchant has what was posted is for administrators to see; the answer does not wait for them. */
  private async tellOfRival(draft: OrderDraft, acceptance: Acceptance): Promise<void> {
    const what = takenByRival(acceptance);
    if (!what) return;
    const { merchantId, appid, orderId, invoice } = draft;
    // Posted again, it is noted again.
    const taken = { merchantId, appid, orderId, invoiceNumber: invoice.number, what };
    await this.rivals.ask(JSON.stringify(taken), () => noteTaken(this.dataSource, taken)).catch(() => undefined);
  }

  /** What was accepted once stays accepted, whatever the rules have become: its repeat is answered, not judged again. */
  private async repeated(draft: OrderDraft | null, faults: Fault[], caller: Caller): Promise<Posted> {
    const id = draft && (await this.orders.sameOrder(draft));
    if (id) return this.replay(id, caller);
    const ofRelations = draft ? (await this.related(draft, caller)).faults : [];
    throw new Problem('invalid_order', { faults: [...faults, ...ofRelations] });
  }

  /** An appid under which another merchant's users authorise: its order numbers are that merchant's to give. */
  private async belongsToAnother(appid: string, { merchantId, appid: own, issuerAppid }: Caller): Promise<boolean> {
    if (appid === own || appid === issuerAppid) return false;
    const rows = await this.dataSource.query<unknown[]>('SELECT FROM merchants WHERE appid = $1 AND id <> $2 LIMIT 1', [
      appid,
      merchantId,
    ]);
    return rows.length > 0;
  }

  /** What only the store knows of an order: whose appid it names, and the order whose place it takes. */
  private async related(draft: OrderDraft, caller: Caller): Promise<{ draft: OrderDraft; faults: Fault[] }> {
    const faults = (await this.belongsToAnother(draft.appid, caller)) ? [foreignAppid()] : [];
    if (draft.replaces === null) return { draft, faults };
    const replaced = await findReplaced(this.dataSource, draft);
    if (!('id' in replaced)) return { draft, faults: [...faults, replaced] };
    return { draft: { ...draft, replacesId: replaced.id, saleId: replaced.sale }, faults };
  }

  private async replay(id: string, caller: Caller): Promise<Posted> {
    const row = await this.replays.ask(id, () => this.reader.byId(caller.merchantId, id));
    return { status: 200, view: orderView(row, this.sealer) };
  }
}

function nowInSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

function takenByRival(acceptance: Acceptance): 'order' | 'invoice' | null {
  if (acceptance.kind === 'order_taken') return 'order';
  return acceptance.kind === 'invoice_taken' && acceptance.orderId === null ? 'invoice' : null;
}

function viewOfAccepted(draft: OrderDraft, found: Fault[], { id, createdAt, twin }: Kept): OrderView {
  const faults = twin === null ? found : [...found, sharedPdf(twin)];
  const view = acceptedView({ ...draft, checked: checkedWith(faults) }, id, createdAt);
  return faults.length > 0 ? { ...view, warnings: faultViews(faults) } : view;
}

function sharedPdf(orderId: string): Fault {
  return warning(
    'PDF-SHARED-01',
    '/pdf',
    `订单 ${orderId} 用的是同一 PDF。微信拒收已在卡包中的 PDF (72040)，请核对是否配错了文件。`,
    `Order ${orderId} has this very PDF. WeChat refuses one that a wallet holds already (72040): check whether it is the wrong file.`,
  );
}

function refusal(acceptance: Exclude<Acceptance, { kind: 'accepted' | 'replayed' }>): Problem {
  switch (acceptance.kind) {
    case 'conflict':
      return new Problem('order_conflict', {
        faults: acceptance.pointers.map((pointer) =>
          fault('ORDER-CONFLICT', pointer, '与首次提交的内容不同。', 'Differs from what was posted first.'),
        ),
      });
    case 'order_taken':
      return new Problem('order_taken');
    case 'sale_taken':
      return new Problem('invalid_order', { faults: [saleTaken(acceptance.orderId)] });
    case 'invoice_taken':
      return new Problem('invoice_taken', {
        ...(acceptance.orderId ? { detail: ownOrder(acceptance.orderId) } : {}),
        faults: [fault('INVOICE-TAKEN', '/invoice/number', '此发票已被使用。', 'This invoice is in use.')],
      });
  }
}

function foreignAppid(): Fault {
  return fault(
    'FIELD-VALUE',
    '/appid',
    '此 appid 属于另一商户。请使用本商户自己的 appid。',
    'This appid is another merchant’s. Use your own.',
  );
}

function ownOrder(orderId: string): [string, string] {
  return [`占用它的订单：${orderId}。`, `It belongs to your order ${orderId}.`];
}
