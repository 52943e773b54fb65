import { Body, Controller, Param, Post, Query, Res, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { FastifyReply } from 'fastify';
import { Sealer } from '../data/sealed';
import { Inapplicable } from '../domain/settlement';
import { RequestBody } from '../http/body-parser';
import { Problem } from '../http/problems';
import { Query as QueryParameters } from '../http/query';
import { SchemaChecks } from '../http/schema-check';
import { CallerParam, MerchantGuard, NeedsScope } from '../merchants/merchant.guard';
import { Caller } from '../merchants/merchants';
import { Obstacle } from '../wechat/updatestatus';
import { Cancelled, CancelOrders } from './cancel-order';
import { CancellationRequest } from './cancellations.api';
import { readAppid } from './order-query';
import { orderView } from './order-view';
import { ORDER_ID, OrderView } from './orders.api';
import { OrderReader } from './orders.read';

/** What stands in the way, and what to do: 简体中文, English. */
const OBSTACLES: Record<Obstacle, readonly [string, string]> = {
  closed: [
    '此发票已被报销核销，不能再冲红；请线下与受票方协商处理。',
    'The invoice has been reimbursed and cannot be cancelled; settle it with the buyer.',
  ],
  locked: [
    '报销方正锁定此发票；请联系受票方撤回报销，解锁后再次冲红。',
    'A reimburser holds the invoice; ask the buyer to withdraw it, then cancel again.',
  ],
  busy: [
    '此发票正在变更状态，请稍后再次冲红。',
    'The state of the invoice is being changed; cancel again in a moment.',
  ],
  no_such_card: [
    '微信称此账号下没有该卡券号，请联系开票平台运营核实。',
    'WeChat knows no such card under this account; let the operators of the platform look.',
  ],
  gone: ['用户已删除此卡券，或卡券已失效，微信侧无需冲红。', 'The user deleted the card, or it has run out.'],
  other: ['微信拒绝了此请求，见 errmsg。', 'WeChat refused the request; see errmsg.'],
};

@ApiTags('orders')
@ApiBearerAuth()
@UseGuards(MerchantGuard)
@Controller('v1/orders')
export class CancellationsController {
  constructor(
    private readonly cancels: CancelOrders,
    private readonly reader: OrderReader,
    private readonly checks: SchemaChecks,
    private readonly sealer: Sealer,
  ) {}

  @Post(':order_id/cancellation')
  @NeedsScope('orders:write')
  @ApiOperation({ summary: '冲红: tell WeChat that the invoice is cancelled; repeating it is safe' })
  @ApiQuery({ name: 'appid', required: false })
  @ApiBody({ type: CancellationRequest, required: false })
  @ApiResponse({ status: 200, type: OrderView, description: 'Cancelled' })
  @ApiResponse({ status: 202, type: OrderView, description: 'WeChat gave no clear answer; it is told again' })
  @ApiResponse({ status: 409, description: 'order_not_inserted, card_code_unknown or wechat_conflict' })
  async cancel(
    @CallerParam() caller: Caller,
    @Param('order_id') orderId: string,
    @Query() query: QueryParameters,
    @Body() body: RequestBody | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OrderView> {
    const appid = readAppid(query);
    const { reason = null } = this.read(body);
    if (!ORDER_ID.test(orderId)) throw new Problem('not_found');
    const [order, second] = await this.reader.find(caller.merchantId, orderId, appid);
    if (!order) throw new Problem('not_found');
    if (second) throw new Problem('appid_required');
    const subject = { merchantId: caller.merchantId, id: order.id };
    const cancelled = await this.cancels.cancel(subject, { by: `key ${caller.keyId}`, reason });
    refuse(cancelled);
    void reply.status(cancelled.kind === 'cancelled' ? 200 : 202);
    return orderView(await this.reader.byId(caller.merchantId, order.id), this.sealer);
  }

  private read(body: RequestBody | undefined): CancellationRequest {
    if (!body) return {};
    if (body.kind !== 'json') throw new Problem('unsupported_media_type');
    const faults = this.checks.faults(CancellationRequest.name, body.value);
    if (faults.length > 0) throw new Problem('invalid_request', { faults });
    return body.value as CancellationRequest;
  }
}

/** Throws the problem of what was refused. */
function refuse(cancelled: Cancelled): void {
  if (cancelled.kind === 'inapplicable') throw new Problem(problemOf(cancelled.why));
  if (cancelled.kind !== 'refused') return;
  const { obstacle, errcode, errmsg } = cancelled;
  const conflict = obstacle === 'closed' || obstacle === 'locked' || obstacle === 'busy';
  const [zh, en] = OBSTACLES[obstacle];
  throw new Problem(conflict ? 'wechat_conflict' : 'wechat_refused', { detail: [zh, en], wechat: { errcode, errmsg } });
}

function problemOf(why: Inapplicable) {
  return why === 'code_unknown' ? 'card_code_unknown' : 'order_not_inserted';
}
