import { Body, Controller, Get, HttpCode, Param, Post, Query as QueryParam, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { NeedsRole, OperatorGuard, OperatorParam } from '../console/operator.guard';
import { Operator } from '../data/entities/operator';
import { asEngine } from '../data/statement';
import { Fault, fault } from '../domain/fault';
import { RequestBody } from '../http/body-parser';
import { Problem } from '../http/problems';
import { isUuid, Query, uuid } from '../http/query';
import { SchemaChecks } from '../http/schema-check';
import { findAnyDelivery, listDeliveries } from './deliveries';
import { DeliveryParameters, readFilter } from './delivery-filter';
import { Actor, note, redeliverOne, replayTime, requireTimes } from './endpoint-acts';
import { enableEndpoint, EndpointRow, findAnyEndpoint } from './endpoints';
import { deliveryPage, deliveryView, endpointView } from './webhook-view';
import {
  AdminWebhookReplayRequest,
  WebhookDeliveryPage,
  WebhookDeliveryView,
  WebhookEndpointView,
  WebhookReasonRequest,
  WebhookReplayView,
} from './webhooks.api';

/** What a merchant can do about its messages, for those who help it: always with a reason. */
@ApiTags('admin')
@ApiBearerAuth()
@UseGuards(OperatorGuard)
@Controller('v1/admin')
export class AdminWebhookActsController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly checks: SchemaChecks,
  ) {}

  @Get('webhook_deliveries')
  @NeedsRole('viewer')
  @ApiOperation({ summary: 'Messages to one merchant and how their delivery went, newest first' })
  @ApiQuery({ name: 'merchant_id' })
  @DeliveryParameters()
  @ApiResponse({ status: 200, type: WebhookDeliveryPage })
  async list(@QueryParam() query: Query): Promise<WebhookDeliveryPage> {
    const faults: Fault[] = [];
    const merchantId = uuid(query, 'merchant_id', faults);
    if (query.merchant_id === undefined) {
      faults.push(fault('FIELD-MISSING', '?merchant_id', '请给出商户的 id。', 'Give the id of a merchant.'));
    }
    const filter = readFilter(query, ['merchant_id'], faults);
    const rows = await asEngine(this.dataSource, (client) => listDeliveries(client, merchantId as string, filter));
    return deliveryPage(rows, filter.limit);
  }

  @Post('webhook_deliveries/:id/redelivery')
  @HttpCode(202)
  @NeedsRole('operator')
  @ApiOperation({ summary: 'Send a message again at once, under the same webhook-id' })
  @ApiBody({ type: WebhookReasonRequest })
  @ApiResponse({ status: 202, type: WebhookDeliveryView })
  @ApiResponse({ status: 409, description: 'endpoint_disabled' })
  async redeliver(
    @Param('id') id: string,
    @Body() body: RequestBody | undefined,
    @OperatorParam() { name: actor }: Operator,
  ): Promise<WebhookDeliveryView> {
    const { reason } = this.checks.read(WebhookReasonRequest, body);
    const merchantId = isUuid(id) && (await asEngine(this.dataSource, (client) => findAnyDelivery(client, id)));
    if (!merchantId) throw new Problem('not_found');
    return deliveryView(await redeliverOne(this.dataSource, { merchantId, actor, reason }, id));
  }

  @Post('webhook_endpoints/:id/activation')
  @HttpCode(200)
  @NeedsRole('operator')
  @ApiOperation({ summary: 'Enable a disabled endpoint again; what it missed waits for a replay' })
  @ApiBody({ type: WebhookReasonRequest })
  @ApiResponse({ status: 200, type: WebhookEndpointView })
  async enable(
    @Param('id') id: string,
    @Body() body: RequestBody | undefined,
    @OperatorParam() operator: Operator,
  ): Promise<WebhookEndpointView> {
    const { reason } = this.checks.read(WebhookReasonRequest, body);
    return this.withEndpoint(id, operator, reason, async (client, endpoint, by) => {
      const enabled = await enableEndpoint(client, endpoint.merchant_id, id);
      await note(client, by, 'enabled', endpoint);
      return endpointView(enabled ?? endpoint);
    });
  }

  @Post('webhook_endpoints/:id/replays')
  @HttpCode(202)
  @NeedsRole('operator')
  @ApiOperation({ summary: 'Send the messages of a time again, also those missed while the endpoint was disabled' })
  @ApiBody({ type: AdminWebhookReplayRequest })
  @ApiResponse({ status: 202, type: WebhookReplayView })
  @ApiResponse({ status: 409, description: 'endpoint_disabled' })
  async replay(
    @Param('id') id: string,
    @Body() body: RequestBody | undefined,
    @OperatorParam() operator: Operator,
  ): Promise<WebhookReplayView> {
    const { reason, ...range } = this.checks.read(AdminWebhookReplayRequest, body);
    requireTimes(range);
    return this.withEndpoint(id, operator, reason, (client, endpoint, by) => {
      if (endpoint.disabled_at) throw new Problem('endpoint_disabled');
      return replayTime(client, by, endpoint, range);
    });
  }

  private async withEndpoint<T>(
    id: string,
    { name: actor }: Operator,
    reason: string,
    work: (client: PoolClient, endpoint: EndpointRow, by: Actor) => Promise<T>,
  ): Promise<T> {
    if (!isUuid(id)) throw new Problem('not_found');
    return asEngine(this.dataSource, async (client) => {
      const endpoint = await findAnyEndpoint(client, id);
      if (!endpoint) throw new Problem('not_found');
      return work(client, endpoint, { merchantId: endpoint.merchant_id, actor, reason });
    });
  }
}
