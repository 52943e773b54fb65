import { Controller, Get, HttpCode, Param, Post, Query as QueryParam, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { asMerchant } from '../data/statement';
import { Query } from '../http/query';
import { CallerParam, MerchantGuard, NeedsScope } from '../merchants/merchant.guard';
import { Caller } from '../merchants/merchants';
import { listDeliveries } from './deliveries';
import { DeliveryParameters, readFilter } from './delivery-filter';
import { actorOf, redeliverOne } from './endpoint-acts';
import { deliveryPage, deliveryView } from './webhook-view';
import { WebhookDeliveryPage, WebhookDeliveryView } from './webhooks.api';

@ApiTags('webhooks')
@ApiBearerAuth()
@UseGuards(MerchantGuard)
@Controller('v1/webhook_deliveries')
export class WebhookDeliveriesController {
  constructor(private readonly dataSource: DataSource) {}

  @Get()
  @NeedsScope('webhooks:manage')
  @ApiOperation({ summary: 'Messages and how their delivery went, newest first' })
  @DeliveryParameters()
  @ApiResponse({ status: 200, type: WebhookDeliveryPage })
  async list(@QueryParam() query: Query, @CallerParam() { merchantId }: Caller): Promise<WebhookDeliveryPage> {
    const filter = readFilter(query);
    const rows = await asMerchant(this.dataSource, merchantId, (client) => listDeliveries(client, merchantId, filter));
    return deliveryPage(rows, filter.limit);
  }

  @Post(':id/redelivery')
  @HttpCode(202)
  @NeedsScope('webhooks:manage')
  @ApiOperation({ summary: 'Send a message again at once, under the same webhook-id' })
  @ApiResponse({ status: 202, type: WebhookDeliveryView })
  @ApiResponse({ status: 409, description: 'endpoint_disabled' })
  async redeliver(@Param('id') id: string, @CallerParam() caller: Caller): Promise<WebhookDeliveryView> {
    return deliveryView(await redeliverOne(this.dataSource, actorOf(caller), id));
  }
}
