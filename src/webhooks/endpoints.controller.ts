import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query as QueryParam, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { Sealer } from '../data/sealed';
import { asEngine, asMerchant } from '../data/statement';
import { RequestBody } from '../http/body-parser';
import { Idempotent, NewId } from '../http/idempotency';
import { Problem } from '../http/problems';
import { isUuid, oneOf, Query, readLimit, unknownParameters, uuid } from '../http/query';
import { SchemaChecks } from '../http/schema-check';
import { CallerParam, MerchantGuard, NeedsScope } from '../merchants/merchant.guard';
import { Caller } from '../merchants/merchants';
import { addTest } from './deliveries';
import { Destinations } from './destinations';
import { actorOf, allow, note, replayTime, requireTimes } from './endpoint-acts';
import {
  addEndpoint,
  enableEndpoint,
  EndpointRow,
  findEndpoint,
  listEndpoints,
  removeEndpoint,
  rotateSecret,
} from './endpoints';
import { deliveryView, endpointView } from './webhook-view';
import {
  WebhookDeliveryView,
  WebhookEndpointCreated,
  WebhookEndpointPage,
  WebhookEndpointRequest,
  WebhookEndpointView,
  WebhookReplayRequest,
  WebhookReplayView,
} from './webhooks.api';

@ApiTags('webhooks')
@ApiBearerAuth()
@UseGuards(MerchantGuard)
@Controller('v1/webhook_endpoints')
export class WebhookEndpointsController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly sealer: Sealer,
    private readonly destinations: Destinations,
    private readonly checks: SchemaChecks,
  ) {}

  @Get()
  @NeedsScope('webhooks:manage')
  @ApiOperation({ summary: 'Where messages go, newest first; secrets are never shown again' })
  @ApiQuery({ name: 'state', required: false })
  @ApiQuery({ name: 'limit', required: false })
  @ApiQuery({ name: 'cursor', required: false })
  @ApiResponse({ status: 200, type: WebhookEndpointPage })
  async list(@QueryParam() query: Query, @CallerParam() { merchantId }: Caller): Promise<WebhookEndpointPage> {
    const faults = unknownParameters(query, ['state', 'limit', 'cursor']);
    const limit = readLimit(query, faults);
    const state = oneOf(query, 'state', ['enabled', 'disabled'] as const, faults);
    const after = uuid(query, 'cursor', faults);
    if (faults.length > 0) throw new Problem('invalid_query', { faults });
    const rows = await asMerchant(this.dataSource, merchantId, (client) =>
      listEndpoints(client, { merchantId, state, limit, after }),
    );
    const items = rows.slice(0, limit).map(endpointView);
    const hasMore = rows.length > limit;
    return { items, next_cursor: hasMore ? (items.at(-1)?.id ?? null) : null, has_more: hasMore };
  }

  @Post()
  @NeedsScope('webhooks:manage')
  @Idempotent()
  @ApiOperation({ summary: 'Have messages sent to an address; the answer alone shows its secret' })
  @ApiBody({ type: WebhookEndpointRequest })
  @ApiResponse({ status: 201, type: WebhookEndpointCreated })
  @ApiResponse({ status: 409, description: 'too_many_endpoints' })
  async add(
    @Body() body: RequestBody | undefined,
    @CallerParam() caller: Caller,
    @NewId() id: string,
  ): Promise<WebhookEndpointCreated> {
    const request = this.checks.read(WebhookEndpointRequest, body);
    const faults = this.destinations.faults(request.url, '/url');
    if (faults.length > 0) throw new Problem('invalid_request', { faults });
    const url = new URL(request.url);
    url.hash = '';
    const given = { url: url.href, description: request.description ?? '', types: request.types ?? null };
    const added = await asEngine(this.dataSource, async (client) => {
      const one = await addEndpoint(client, this.sealer, caller.merchantId, id, given);
      if (one?.made) await note(client, actorOf(caller), 'added', one.endpoint);
      return one;
    });
    if (!added) throw new Problem('too_many_endpoints');
    return { ...endpointView(added.endpoint), secret: added.secret };
  }

  @Get(':id')
  @NeedsScope('webhooks:manage')
  @ApiOperation({ summary: 'One of them' })
  @ApiResponse({ status: 200, type: WebhookEndpointView })
  async one(@Param('id') id: string, @CallerParam() caller: Caller): Promise<WebhookEndpointView> {
    return endpointView(await this.change(id, caller, null, (client) => findEndpoint(client, caller.merchantId, id)));
  }

  @Delete(':id')
  @HttpCode(204)
  @NeedsScope('webhooks:manage')
  @ApiOperation({ summary: 'Send nothing more there; what is pending is dropped' })
  @ApiResponse({ status: 204 })
  async remove(@Param('id') id: string, @CallerParam() caller: Caller): Promise<void> {
    await this.change(id, caller, 'removed', (client) => removeEndpoint(client, caller.merchantId, id));
  }

  @Post(':id/secret_rotation')
  @NeedsScope('webhooks:manage')
  @Idempotent()
  @ApiOperation({ summary: 'A new secret; for 24 hours each message carries a signature of both' })
  @ApiResponse({ status: 201, type: WebhookEndpointCreated })
  async rotate(
    @Param('id') id: string,
    @CallerParam() caller: Caller,
    @NewId() rotation: string,
  ): Promise<WebhookEndpointCreated> {
    if (!isUuid(id)) throw new Problem('not_found');
    const rotated = await asEngine(this.dataSource, async (client) => {
      const done = await rotateSecret(client, this.sealer, { merchantId: caller.merchantId, id, rotation });
      if (done?.made) await note(client, actorOf(caller), 'secret_rotated', done.endpoint);
      return done;
    });
    if (!rotated) throw new Problem('not_found');
    return { ...endpointView(rotated.endpoint), secret: rotated.secret };
  }

  @Post(':id/activation')
  @HttpCode(200)
  @NeedsScope('webhooks:manage')
  @ApiOperation({
    summary: 'Enable a disabled one again; what was pending goes on, what was missed waits for a replay',
  })
  @ApiResponse({ status: 200, type: WebhookEndpointView })
  async enable(@Param('id') id: string, @CallerParam() caller: Caller): Promise<WebhookEndpointView> {
    return endpointView(
      await this.change(id, caller, 'enabled', (client) => enableEndpoint(client, caller.merchantId, id)),
    );
  }

  @Post(':id/test')
  @HttpCode(202)
  @NeedsScope('webhooks:manage')
  @ApiOperation({ summary: 'Send a message of type webhook.test' })
  @ApiResponse({ status: 202, type: WebhookDeliveryView })
  @ApiResponse({ status: 409, description: 'endpoint_disabled' })
  async test(@Param('id') id: string, @CallerParam() caller: Caller): Promise<WebhookDeliveryView> {
    return this.withEnabled(id, caller, async (client, endpoint) => {
      await allow(client, caller.merchantId, 'test');
      await note(client, actorOf(caller), 'tested', endpoint);
      return deliveryView(await addTest(client, endpoint));
    });
  }

  @Post(':id/replays')
  @HttpCode(202)
  @NeedsScope('webhooks:manage')
  @ApiOperation({ summary: 'Send the messages of a time again, also those missed while the endpoint was disabled' })
  @ApiBody({ type: WebhookReplayRequest })
  @ApiResponse({ status: 202, type: WebhookReplayView })
  @ApiResponse({ status: 409, description: 'endpoint_disabled' })
  async replay(
    @Param('id') id: string,
    @Body() body: RequestBody | undefined,
    @CallerParam() caller: Caller,
  ): Promise<WebhookReplayView> {
    const request = this.checks.read(WebhookReplayRequest, body);
    requireTimes(request);
    return this.withEnabled(id, caller, async (client, endpoint) => {
      await allow(client, caller.merchantId, 'replay');
      return replayTime(client, actorOf(caller), endpoint, request);
    });
  }

  private async withEnabled<T>(
    id: string,
    caller: Caller,
    work: (client: PoolClient, endpoint: EndpointRow) => Promise<T>,
  ): Promise<T> {
    if (!isUuid(id)) throw new Problem('not_found');
    return asEngine(this.dataSource, async (client) => {
      const endpoint = await findEndpoint(client, caller.merchantId, id);
      if (!endpoint) throw new Problem('not_found');
      if (endpoint.disabled_at) throw new Problem('endpoint_disabled');
      return work(client, endpoint);
    });
  }

  /** `action` null: a look that leaves no trace. */
  private async change(
    id: string,
    caller: Caller,
    action: string | null,
    work: (client: PoolClient) => Promise<EndpointRow | null>,
  ): Promise<EndpointRow> {
    if (!isUuid(id)) throw new Problem('not_found');
    const endpoint = await asEngine(this.dataSource, async (client) => {
      const row = await work(client);
      if (row && action) await note(client, actorOf(caller), action, row);
      return row;
    });
    if (!endpoint) throw new Problem('not_found');
    return endpoint;
  }
}
