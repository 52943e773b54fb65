import { Body, Controller, HttpCode, Param, Post, Query, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Accounts } from '../accounts/accounts';
import { problemOf } from '../accounts/verdict-problem';
import { fault } from '../domain/fault';
import { AsksWechat } from '../http/asks-wechat';
import { RequestBody } from '../http/body-parser';
import { Problem } from '../http/problems';
import { Query as QueryParameters } from '../http/query';
import { SchemaChecks } from '../http/schema-check';
import { CallerParam, MerchantGuard, NeedsScope } from '../merchants/merchant.guard';
import { Caller } from '../merchants/merchants';
import { readAppid } from '../orders/order-query';
import { ORDER_ID } from '../orders/orders.api';
import { OrderReader } from '../orders/orders.read';
import { RejectionRequest, RejectionView } from './authorizations.api';
import { accountOf, mayActFor } from './authorizations.controller';
import { Rejections } from './rejections';

const PROBLEM = { busy: 'order_busy', has_card: 'order_has_card', taken: 'order_taken' } as const;

@ApiTags('orders')
@ApiBearerAuth()
@UseGuards(MerchantGuard)
@Controller('v1/orders/:order_id/rejection')
export class RejectionsController {
  constructor(
    private readonly rejections: Rejections,
    private readonly accounts: Accounts,
    private readonly reader: OrderReader,
    private readonly checks: SchemaChecks,
  ) {}

  @Post()
  @HttpCode(200)
  @NeedsScope('orders:write')
  @ApiOperation({ summary: 'Reject the user’s request for an invoice (拒绝开票), for good; repeating it is safe' })
  @ApiQuery({ name: 'appid', required: false, description: 'default: the order’s, else the merchant’s' })
  @ApiBody({ type: RejectionRequest })
  @ApiResponse({ status: 200, type: RejectionView })
  @ApiResponse({ status: 409, description: 'order_busy while it is being sent or in doubt, order_has_card' })
  @AsksWechat()
  async reject(
    @CallerParam() caller: Caller,
    @Param('order_id') orderId: string,
    @Query() query: QueryParameters,
    @Body() body: RequestBody | undefined,
  ): Promise<RejectionView> {
    if (body?.kind !== 'json') throw new Problem('unsupported_media_type');
    const faults = this.checks.faults(RejectionRequest.name, body.value);
    if (faults.length > 0) throw new Problem('invalid_request', { faults });
    const appid = readAppid(query);
    if (!ORDER_ID.test(orderId)) throw new Problem('not_found');
    const [order, second] = await this.reader.find(caller.merchantId, orderId, appid);
    if (second) throw new Problem('appid_required');
    const { reason, url } = body.value as RejectionRequest;
    const merchant = await accountOf(this.accounts, this.own(caller, order?.appid ?? appid ?? caller.appid));
    const rejected = await this.rejections.reject(caller, merchant, { orderId, reason, url }, order?.id ?? null);
    if (rejected.kind === 'not_done') throw problemOf(rejected.verdict);
    if (rejected.kind !== 'rejected') throw new Problem(PROBLEM[rejected.kind]);
    return { order_id: orderId, appid: merchant.appid, state: 'rejected', reason };
  }

  private own(caller: Caller, appid: string): string {
    if (mayActFor(caller, appid)) return appid;
    const [zh, en] = ['只能是本商户或其开票平台的 appid。', 'Must be the merchant’s appid or its issuer’s.'];
    throw new Problem('invalid_query', { faults: [fault('QUERY-PARAMETER', '?appid', zh, en)] });
  }
}
