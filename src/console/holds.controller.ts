import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { audit } from '../audit/audit';
import { Operator } from '../data/entities/operator';
import { asEngine } from '../data/statement';
import { Fault, fault } from '../domain/fault';
import { readInstant } from '../domain/instant';
import { toShanghai } from '../domain/shanghai';
import { RequestBody } from '../http/body-parser';
import { Problem } from '../http/problems';
import { SchemaChecks } from '../http/schema-check';
import { HoldRow, liftByHand, listHolds, placeByHand } from '../insertion/holds';
import { holdAdvice } from '../orders/hold-advice';
import { HoldPage, HoldRequest, HoldView } from './holds.api';
import { NeedsRole, OperatorGuard, OperatorParam } from './operator.guard';
import { UUID } from '../http/patterns';

@ApiTags('admin')
@ApiBearerAuth()
@UseGuards(OperatorGuard)
@Controller('v1/admin/holds')
export class HoldsController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly checks: SchemaChecks,
  ) {}

  @Get()
  @NeedsRole('viewer')
  @ApiOperation({ summary: 'What is paused, and why' })
  @ApiQuery({ name: 'limit', required: false })
  @ApiQuery({ name: 'cursor', required: false })
  @ApiResponse({ status: 200, type: HoldPage })
  async list(@Query('limit') limitText = '50', @Query('cursor') cursor?: string): Promise<HoldPage> {
    const limit = Number(limitText);
    const faults: Fault[] = [];
    if (!/^\d{1,3}$/.test(limitText) || limit < 1 || limit > 200) faults.push(query('limit'));
    if (cursor !== undefined && !UUID.test(cursor)) faults.push(query('cursor'));
    if (faults.length > 0) throw new Problem('invalid_query', { faults });
    const rows = await asEngine(this.dataSource, (client) => listHolds(client, limit, cursor ?? null));
    const page = rows.slice(0, limit);
    const hasMore = rows.length > limit;
    return {
      items: page.map(viewOf),
      next_cursor: hasMore ? (page.at(-1)?.id ?? null) : null,
      has_more: hasMore,
    };
  }

  @Post()
  @NeedsRole('operator')
  @ApiOperation({ summary: 'Pause an account or a merchant' })
  @ApiBody({ type: HoldRequest })
  @ApiResponse({ status: 201, type: HoldView })
  @ApiResponse({ status: 409, description: 'already_held' })
  async place(@Body() body: RequestBody | undefined, @OperatorParam() operator: Operator): Promise<HoldView> {
    const request = this.read(body);
    const until = request.until === undefined ? null : readInstant(request.until);
    const hold = await asEngine(this.dataSource, async (client) => {
      const { scope, appid = null, merchant_id = null, reason } = request;
      const placed = await placeByHand(client, { scope, appid, merchant_id, reason, until });
      if (placed) await audit(client, actOf(operator, 'hold.placed', placed, reason));
      return placed;
    });
    if (!hold) throw new Problem('already_held');
    return viewOf(hold);
  }

  @Delete(':id')
  @HttpCode(204)
  @NeedsRole('operator')
  @ApiOperation({ summary: 'Lift a hold; what waits goes on at once' })
  @ApiQuery({ name: 'reason', required: false, description: 'kept in the audit trail' })
  @ApiResponse({ status: 204 })
  async lift(
    @Param('id') id: string,
    @OperatorParam() operator: Operator,
    @Query('reason') reason?: string,
  ): Promise<void> {
    if (!UUID.test(id)) throw new Problem('not_found');
    if (typeof reason !== 'string' && reason !== undefined)
      throw new Problem('invalid_query', { faults: [query('reason')] });
    const lifted = await asEngine(this.dataSource, async (client) => {
      const hold = await liftByHand(client, id, operator.name);
      if (hold)
        await audit(
          client,
          actOf(operator, 'hold.lifted', hold, reason?.slice(0, 500).replaceAll('\u0000', '') ?? null),
        );
      return hold;
    });
    if (!lifted) throw new Problem('not_found');
  }

  private read(body: RequestBody | undefined): HoldRequest {
    if (body?.kind !== 'json') throw new Problem('unsupported_media_type');
    const faults = this.checks.faults(HoldRequest.name, body.value);
    if (faults.length > 0) throw new Problem('invalid_request', { faults });
    const request = body.value as HoldRequest;
    const wanted = request.scope === 'account' ? 'appid' : 'merchant_id';
    const other = request.scope === 'account' ? 'merchant_id' : 'appid';
    if (!request[wanted])
      faults.push(fault('FIELD-MISSING', `/${wanted}`, `缺少 ${wanted}。`, `${wanted} is required for this scope.`));
    if (request[other] !== undefined)
      faults.push(
        fault('FIELD-VALUE', `/${other}`, `此 scope 不用 ${other}。`, `${other} does not go with this scope.`),
      );
    if (request.until !== undefined && !isFutureInstant(request.until)) {
      faults.push(
        fault('FIELD-VALUE', '/until', '须为带时区的将来时间。', 'Must be a time in the future, RFC 3339 with offset.'),
      );
    }
    if (faults.length > 0) throw new Problem('invalid_request', { faults });
    return request;
  }
}

function isFutureInstant(text: string): boolean {
  return (readInstant(text)?.getTime() ?? 0) > Date.now();
}

function viewOf(hold: HoldRow): HoldView {
  const { id, scope, appid, merchant_id, errcode, errmsg, reason, until, next_canary_at, created_at } = hold;
  return {
    id,
    scope,
    appid,
    merchant_id,
    errcode,
    errmsg,
    reason,
    until: until && toShanghai(until),
    next_canary_at: next_canary_at && toShanghai(next_canary_at),
    created_at: toShanghai(created_at),
    ...holdAdvice({ errcode, errmsg, reason, nextCanaryAt: next_canary_at }),
  };
}

function actOf(operator: Operator, action: string, hold: HoldRow, reason: string | null) {
  const data = { scope: hold.scope, appid: hold.appid, errcode: hold.errcode };
  return { merchantId: hold.merchant_id, actor: operator.name, action, object: hold.id, reason, data };
}

function query(name: string): Fault {
  return fault('QUERY-PARAMETER', `?${name}`, '参数无效。', 'The parameter is not valid.');
}
