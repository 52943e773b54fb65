import { Controller, Get, HttpCode, Param, Post, Query as QueryParam, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { audit } from '../audit/audit';
import { asEngine, asMerchant } from '../data/statement';
import { Problem } from '../http/problems';
import {
  cursorOf,
  instant,
  isUuid,
  one,
  oneOf,
  Query,
  readCursor,
  readLimit,
  unknownParameters,
  uuid,
} from '../http/query';
import { CallerParam, MerchantGuard, NeedsScope } from '../merchants/merchant.guard';
import { Caller } from '../merchants/merchants';
import { DeliveryFilter, endpointOf, listDeliveries, redeliver } from './deliveries';
import { findEndpoint } from './endpoints';
import { TEST_TYPE, WEBHOOK_TYPES } from './message';
import { deliveryView } from './webhook-view';
import { WebhookDeliveryPage, WebhookDeliveryView } from './webhooks.api';

const STATES = ['pending', 'delivered', 'exhausted', 'missed', 'dropped'] as const;
const PARAMETERS = ['endpoint_id', 'state', 'type', 'order_id', 'created_from', 'created_to', 'limit', 'cursor'];

@ApiTags('webhooks')
@ApiBearerAuth()
@UseGuards(MerchantGuard)
@Controller('v1/webhook_deliveries')
export class WebhookDeliveriesController {
  constructor(private readonly dataSource: DataSource) {}

  @Get()
  @NeedsScope('webhooks:manage')
  @ApiOperation({ summary: 'Messages and how their delivery went, newest first' })
  @ApiQuery({ name: 'endpoint_id', required: false })
  @ApiQuery({ name: 'state', required: false, enum: STATES })
  @ApiQuery({ name: 'type', required: false })
  @ApiQuery({ name: 'order_id', required: false })
  @ApiQuery({ name: 'created_from', required: false, description: 'RFC 3339 with offset, or a date (00:00 +08:00)' })
  @ApiQuery({ name: 'created_to', required: false, description: 'exclusive' })
  @ApiQuery({ name: 'limit', required: false })
  @ApiQuery({ name: 'cursor', required: false })
  @ApiResponse({ status: 200, type: WebhookDeliveryPage })
  async list(@QueryParam() query: Query, @CallerParam() { merchantId }: Caller): Promise<WebhookDeliveryPage> {
    const filter = readFilter(query);
    const rows = await asMerchant(this.dataSource, merchantId, (client) => listDeliveries(client, merchantId, filter));
    const page = rows.slice(0, filter.limit);
    const last = page.at(-1);
    const hasMore = rows.length > filter.limit;
    return {
      items: page.map(deliveryView),
      next_cursor: hasMore && last ? cursorOf({ createdAt: last.created_at_text, id: last.id }) : null,
      has_more: hasMore,
    };
  }

  @Post(':id/redelivery')
  @HttpCode(202)
  @NeedsScope('webhooks:manage')
  @ApiOperation({ summary: 'Send a message again at once, under the same webhook-id' })
  @ApiResponse({ status: 202, type: WebhookDeliveryView })
  @ApiResponse({ status: 409, description: 'endpoint_disabled' })
  async redeliver(@Param('id') id: string, @CallerParam() caller: Caller): Promise<WebhookDeliveryView> {
    const { merchantId, label } = caller;
    if (!isUuid(id)) throw new Problem('not_found');
    return asEngine(this.dataSource, async (client) => {
      const endpointId = await endpointOf(client, merchantId, id);
      const endpoint = endpointId && (await findEndpoint(client, merchantId, endpointId));
      if (!endpoint) throw new Problem('not_found');
      if (endpoint.disabled_at) throw new Problem('endpoint_disabled');
      const act = { merchantId, actor: `key ${label}`, action: 'webhook_delivery.redelivered', object: id };
      await audit(client, { ...act, reason: null, data: {} });
      return deliveryView(await redeliver(client, merchantId, id));
    });
  }
}

function readFilter(query: Query): DeliveryFilter {
  const faults = unknownParameters(query, PARAMETERS);
  const filter: DeliveryFilter = {
    endpointId: uuid(query, 'endpoint_id', faults),
    state: oneOf(query, 'state', STATES, faults),
    type: oneOf(query, 'type', [...WEBHOOK_TYPES, TEST_TYPE], faults),
    orderId: one(query, 'order_id', faults),
    createdFrom: instant(query, 'created_from', faults),
    createdTo: instant(query, 'created_to', faults),
    limit: readLimit(query, faults),
    after: readCursor(query, faults),
  };
  if (faults.length > 0) throw new Problem('invalid_query', { faults });
  return filter;
}
