import { fault } from '../domain/fault';
import { failpoint } from '../failpoints';
import { faultView, Problem } from '../http/problems';
import { Sealer } from '../data/sealed';
import { Caller } from '../merchants/merchants';
import { Acceptance, AcceptOrders } from './accept';
import { GivenOrder } from './order-body';
import { draftOrder } from './order-draft';
import { acceptedView, orderView } from './order-view';
import { OrderView } from './orders.api';
import { OrderReader } from './orders.read';

export interface Posted {
  /** 202: stored; 200: the same content was posted before. */
  status: 202 | 200;
  view: OrderView;
}

/** One order from one caller: the rules, the store, and the answer. The same for a single order and a line of a batch. */
export class PostOrders {
  constructor(
    private readonly orders: AcceptOrders,
    private readonly reader: OrderReader,
    private readonly sealer: Sealer,
    private readonly limits: { maxPdfBytes: number },
  ) {}

  async post({ order, files }: GivenOrder, caller: Caller): Promise<Posted> {
    const drafted = draftOrder(order, files, caller, this.limits, Math.floor(Date.now() / 1000));
    if (!drafted.draft) throw new Problem('invalid_order', { faults: drafted.faults });
    await failpoint('post.checked');
    const accepted = await this.orders.accept(drafted.draft);
    await failpoint('post.stored');
    const warnings = drafted.warnings.length > 0 ? { warnings: drafted.warnings.map(faultView) } : {};
    switch (accepted.kind) {
      case 'accepted':
        return { status: 202, view: { ...acceptedView(drafted.draft, accepted.id, accepted.createdAt), ...warnings } };
      case 'replayed':
        return { status: 200, view: orderView(await this.reader.byId(caller.merchantId, accepted.id), this.sealer) };
      default:
        throw refusal(accepted);
    }
  }
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
    case 'invoice_taken':
      return new Problem('invoice_taken', {
        ...(acceptance.orderId ? { detail: ownOrder(acceptance.orderId) } : {}),
        faults: [fault('INVOICE-TAKEN', '/invoice/number', '此发票已被使用。', 'This invoice is in use.')],
      });
  }
}

function ownOrder(orderId: string): [string, string] {
  return [`占用它的订单：${orderId}。`, `It belongs to your order ${orderId}.`];
}
