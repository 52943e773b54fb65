import { Body, Controller, Get, HttpCode, Param, Post, Query as Parameters, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { audit } from '../audit/audit';
import { KeptPush, KeptPushes, PUSH_STATES } from '../callbacks/kept';
import { Operator } from '../data/entities/operator';
import { toShanghai } from '../domain/shanghai';
import { RequestBody } from '../http/body-parser';
import { Problem } from '../http/problems';
import { isUuid, one, oneOf, Query, readLimit, unknownParameters, uuid } from '../http/query';
import { SchemaChecks } from '../http/schema-check';
import { readBody } from './admin-body';
import { NeedsRole, OperatorGuard, OperatorParam } from './operator.guard';
import { PushContentView, PushPage, PushResolution, PushView } from './pushes.api';

const PARAMETERS = ['state', 'appid', 'event', 'limit', 'cursor'];

/** WeChat's pushes as they came. */
@ApiTags('admin')
@ApiBearerAuth()
@UseGuards(OperatorGuard)
@Controller('v1/admin/callbacks')
export class PushesController {
  constructor(
    private readonly pushes: KeptPushes,
    private readonly checks: SchemaChecks,
  ) {}

  @Get()
  @NeedsRole('viewer')
  @ApiOperation({ summary: 'What WeChat pushed and what it came to, newest first; unreadable ones wait for a person' })
  @ApiQuery({ name: 'state', required: false, enum: PUSH_STATES })
  @ApiQuery({ name: 'appid', required: false })
  @ApiQuery({ name: 'event', required: false })
  @ApiQuery({ name: 'limit', required: false, description: '1 to 200, default 50' })
  @ApiQuery({ name: 'cursor', required: false, description: 'next_cursor of the page before' })
  @ApiResponse({ status: 200, type: PushPage })
  async list(@Parameters() query: Query): Promise<PushPage> {
    const faults = unknownParameters(query, PARAMETERS);
    const filter = {
      state: oneOf(query, 'state', PUSH_STATES, faults),
      appid: one(query, 'appid', faults),
      event: one(query, 'event', faults),
      limit: readLimit(query, faults),
      after: uuid(query, 'cursor', faults),
    };
    if (faults.length > 0) throw new Problem('invalid_query', { faults });
    const rows = await this.pushes.list(filter);
    const page = rows.slice(0, filter.limit);
    const hasMore = rows.length > filter.limit;
    return { items: page.map(viewOf), next_cursor: hasMore ? (page.at(-1)?.id ?? null) : null, has_more: hasMore };
  }

  @Get(':id')
  @NeedsRole('operator')
  @ApiOperation({ summary: 'One push with what it says, personal data included; secrets are shown as ***' })
  @ApiResponse({ status: 200, type: PushContentView })
  async get(@Param('id') id: string): Promise<PushContentView> {
    const found = isUuid(id) ? await this.pushes.find(id) : null;
    if (!found) throw new Problem('not_found');
    return { ...viewOf(found.push), says: found.says };
  }

  @Post(':id/resolutions')
  @HttpCode(201)
  @NeedsRole('operator')
  @ApiOperation({ summary: 'An unreadable push was seen to; it is deleted 30 days after it came' })
  @ApiBody({ type: PushResolution })
  @ApiResponse({ status: 201, type: PushContentView })
  @ApiResponse({ status: 404, description: 'There is no unreadable push of this id' })
  async settle(
    @Param('id') id: string,
    @Body() body: RequestBody | undefined,
    @OperatorParam() operator: Operator,
  ): Promise<PushContentView> {
    const { reason } = readBody(body, this.checks, PushResolution);
    const act = { merchantId: null, actor: operator.name, action: 'callback.seen', object: id, reason, data: {} };
    const seen = isUuid(id) && (await this.pushes.seen(id, (client) => audit(client, act)));
    if (!seen) throw new Problem('not_found');
    return this.get(id);
  }
}

function viewOf({ received_at, processed_at, ...push }: KeptPush): PushView {
  return { ...push, received_at: toShanghai(received_at), processed_at: processed_at && toShanghai(processed_at) };
}
