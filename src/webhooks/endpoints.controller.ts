import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query as QueryParam, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { audit } from '../audit/audit';
import { Sealer } from '../data/sealed';
import { asEngine, asMerchant } from '../data/statement';
import { fault } from '../domain/fault';
import { RequestBody } from '../http/body-parser';
import { Idempotent, NewId } from '../http/idempotency';
import { Problem } from '../http/problems';
import { isUuid, oneOf, Query, readLimit, unknownParameters, uuid } from '../http/query';
import { SchemaChecks } from '../http/schema-check';
import { CallerParam, MerchantGuard, NeedsScope } from '../merchants/merchant.guard';
import { Caller } from '../merchants/merchants';
import { addTest, replay } from './deliveries';
import { Destinations } from './destinations';
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
      if (one?.made) await note(client, caller, 'added', one.endpoint);
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
  @ApiOperation({ summary: 'A new secret; for 24 hours each message carries a signature of both' })
  @ApiResponse({ status: 201, type: WebhookEndpointCreated })
  async rotate(@Param('id') id: string, @CallerParam() caller: Caller): Promise<WebhookEndpointCreated> {
    let secret = '';
    const endpoint = await this.change(id, caller, 'secret_rotated', async (client) => {
      const rotated = await rotateSecret(client, this.sealer, caller.merchantId, id);
      secret = rotated?.secret ?? '';
      return rotated?.endpoint ?? null;
    });
    return { ...endpointView(endpoint), secret };
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
    return this.withEnabled(id, caller, async (client, endpoint) => deliveryView(await addTest(client, endpoint)));
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
    const { types, ...request } = this.checks.read(WebhookReplayRequest, body);
    const faults = (['from', 'to'] as const)
      .filter((name) => !/T.*(Z|[+-]\d\d:\d\d)$/.test(request[name]) || Number.isNaN(Date.parse(request[name])))
      .map((name) => fault('FIELD-VALUE', `/${name}`, '须为带时区的 RFC 3339 时间。', 'Must be RFC 3339 with offset.'));
    if (faults.length > 0) throw new Problem('invalid_request', { faults });
    const range = { from: new Date(request.from), to: new Date(request.to), types };
    return this.withEnabled(id, caller, async (client, endpoint) => {
      const deliveries = await replay(client, endpoint, range);
      if (deliveries === null) throw new Problem('replay_too_large');
      await note(client, caller, 'replayed', endpoint, { ...request, types: types ?? null, deliveries });
      return { endpoint_id: id, deliveries };
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
      if (row && action) await note(client, caller, action, row);
      return row;
    });
    if (!endpoint) throw new Problem('not_found');
    return endpoint;
  }
}

/** The host only: a path may hold what the merchant takes for a secret. */
async function note(client: PoolClient, caller: Caller, verb: string, endpoint: EndpointRow, data: object = {}) {
  await audit(client, {
    merchantId: caller.merchantId,
    actor: `key ${caller.label}`,
    action: `webhook_endpoint.${verb}`,
    object: endpoint.id,
    reason: null,
    data: { host: new URL(endpoint.url).host, ...data },
  });
}
