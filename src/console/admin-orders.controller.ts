import { Controller, Get, Param, Query as Parameters, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Fault } from '../domain/fault';
import { INSERTION_STATES } from '../domain/insertion';
import { Problem } from '../http/problems';
import { instant, isUuid, one, oneOf, Query, readCursor, readLimit, unknownParameters, uuid } from '../http/query';
import { cursorOf } from '../orders/order-query';
import { AdminOrderFilter, AdminOrders } from './admin-orders';
import { AdminOrderDetail, AdminOrderPage } from './admin-orders.api';
import { NeedsRole, OperatorGuard } from './operator.guard';

const PARAMETERS = [
  ...['merchant', 'appid', 'order_id', 'state', 'reason', 'invoice_number', 'card_code', 'errcode', 'hint'],
  ...['created_from', 'created_to', 'limit', 'cursor'],
];

@ApiTags('admin')
@ApiBearerAuth()
@UseGuards(OperatorGuard)
@Controller('v1/admin/orders')
export class AdminOrdersController {
  constructor(private readonly orders: AdminOrders) {}

  @Get()
  @NeedsRole('viewer')
  @ApiOperation({ summary: 'Orders of all merchants, newest first, by any of their numbers' })
  @ApiQuery({ name: 'merchant', required: false, description: 'its id' })
  @ApiQuery({ name: 'appid', required: false })
  @ApiQuery({ name: 'order_id', required: false })
  @ApiQuery({ name: 'state', required: false })
  @ApiQuery({ name: 'reason', required: false, description: 'why it was refused, rejected or handed to a person' })
  @ApiQuery({ name: 'invoice_number', required: false })
  @ApiQuery({ name: 'card_code', required: false })
  @ApiQuery({ name: 'errcode', required: false, description: 'answered to one of its attempts' })
  @ApiQuery({ name: 'hint', required: false, description: 'WeChat’s reference, given with one of its attempts' })
  @ApiQuery({ name: 'created_from', required: false, description: 'RFC 3339 with offset, or a date (00:00 +08:00)' })
  @ApiQuery({ name: 'created_to', required: false, description: 'exclusive' })
  @ApiQuery({ name: 'limit', required: false, description: '1 to 200, default 50' })
  @ApiQuery({ name: 'cursor', required: false, description: 'next_cursor of the page before' })
  @ApiResponse({ status: 200, type: AdminOrderPage })
  async list(@Parameters() query: Query): Promise<AdminOrderPage> {
    const filter = readFilter(query);
    const rows = await this.orders.list(filter);
    const page = rows.slice(0, filter.limit);
    const last = page.at(-1);
    const hasMore = rows.length > page.length;
    return {
      items: page.map((row) => this.orders.view(row)),
      next_cursor: hasMore && last ? cursorOf(last) : null,
      has_more: hasMore,
    };
  }

  @Get(':id')
  @NeedsRole('viewer')
  @ApiOperation({ summary: 'The whole story of one order, what may be done about it, and what to ask its user' })
  @ApiResponse({ status: 200, type: AdminOrderDetail })
  @ApiResponse({ status: 404 })
  async get(@Param('id') id: string): Promise<AdminOrderDetail> {
    const order = isUuid(id) && (await this.orders.detail(id));
    if (!order) throw new Problem('not_found');
    return order;
  }
}

function readFilter(query: Query): AdminOrderFilter {
  const faults: Fault[] = unknownParameters(query, PARAMETERS);
  const errcode = oneNumber(query, faults);
  const filter: AdminOrderFilter = {
    limit: readLimit(query, faults),
    merchant: uuid(query, 'merchant', faults),
    appid: one(query, 'appid', faults),
    orderId: one(query, 'order_id', faults),
    state: oneOf(query, 'state', [...INSERTION_STATES, 'held'] as const, faults),
    reason: one(query, 'reason', faults),
    invoiceNumber: one(query, 'invoice_number', faults),
    cardCode: one(query, 'card_code', faults),
    errcode,
    hint: one(query, 'hint', faults),
    createdFrom: instant(query, 'created_from', faults),
    createdTo: instant(query, 'created_to', faults),
    after: readCursor(query, faults),
  };
  if (faults.length > 0) throw new Problem('invalid_query', { faults });
  return filter;
}

function oneNumber(query: Query, faults: Fault[]): number | undefined {
  const text = one(query, 'errcode', faults);
  if (text === undefined || /^-?\d{1,9}$/.test(text)) return text === undefined ? undefined : Number(text);
  const [zh, en] = ['须为整数。', 'Must be a whole number.'];
  faults.push({ code: 'QUERY-PARAMETER', pointer: '?errcode', severity: 'error', message: zh, messageEn: en });
  return undefined;
}
