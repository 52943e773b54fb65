import { Body, Controller, Get, HttpCode, Param, Post, Query as Parameters, Res, UseGuards } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiExtraModels,
  ApiOperation,
  ApiQuery,
  ApiResponse,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import { FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import { BULK_OUTCOMES } from '../data/entities/bulk-reinsertion';
import { Operator } from '../data/entities/operator';
import { asEngine } from '../data/statement';
import { Fault, fault } from '../domain/fault';
import { RequestBody } from '../http/body-parser';
import { Idempotent, NewId } from '../http/idempotency';
import { Problem } from '../http/problems';
import { badCursor, instant, isUuid, one, oneOf, Query, readLimit, unknownParameters, uuid } from '../http/query';
import { SchemaChecks } from '../http/schema-check';
import { BulkReinsertions, findBulk, listBulkOrders, listBulks, statesOf } from './bulk-reinsertions';
import {
  BulkDecision,
  BulkFilter,
  BulkOrderPage,
  BulkPage,
  BulkPreview,
  BulkRequest,
  BulkStory,
  BulkView,
} from './bulk-reinsertions.api';
import { bulkOrderView, bulkView, previewOf } from './bulk-reinsertions.view';
import { NeedsRole, OperatorGuard, OperatorParam } from './operator.guard';
import { OrderCriteria } from './order-filter';

@ApiTags('admin')
@ApiBearerAuth()
@ApiExtraModels(BulkPreview, BulkView)
@UseGuards(OperatorGuard)
@Controller('v1/admin/bulk-reinsertions')
export class BulkReinsertionsController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly bulks: BulkReinsertions,
    private readonly checks: SchemaChecks,
  ) {}

  @Post()
  @NeedsRole('operator')
  @Idempotent()
  @ApiOperation({
    summary: 'Begin all orders of a filter anew that may be; with dry_run only say how many; many take a second person',
  })
  @ApiBody({ type: BulkRequest })
  @ApiResponse({
    status: 200,
    description: 'dry_run: nothing was begun',
    content: { 'application/json': { schema: { $ref: getSchemaPath(BulkPreview) } } },
  })
  @ApiResponse({ status: 201, type: BulkView })
  @ApiResponse({ status: 422, description: 'bulk_empty, bulk_too_large, invalid_request' })
  async request(
    @Body() body: RequestBody | undefined,
    @OperatorParam() operator: Operator,
    @NewId() id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BulkPreview | BulkView> {
    const { filter, reason, dry_run } = this.checks.read(BulkRequest, body);
    const criteria = criteriaOf(filter);
    if (dry_run) {
      void reply.status(200);
      return previewOf(await this.bulks.preview(criteria));
    }
    const bulk = await this.bulks.request({ id, operator: operator.name, reason }, filter, criteria);
    void reply.header('location', `/v1/admin/bulk-reinsertions/${bulk.id}`);
    return bulkView(bulk);
  }

  @Get()
  @NeedsRole('viewer')
  @ApiOperation({ summary: 'Bulks, newest first' })
  @ApiQuery({ name: 'limit', required: false, description: '1 to 200, default 50' })
  @ApiQuery({ name: 'cursor', required: false, description: 'next_cursor of the page before' })
  @ApiResponse({ status: 200, type: BulkPage })
  async list(@Parameters() query: Query): Promise<BulkPage> {
    const faults = unknownParameters(query, ['limit', 'cursor']);
    const [limit, after] = [readLimit(query, faults), uuid(query, 'cursor', faults)];
    if (faults.length > 0) throw new Problem('invalid_query', { faults });
    const rows = await asEngine(this.dataSource, (client) => listBulks(client, limit, after));
    const page = rows.slice(0, limit);
    const hasMore = rows.length > limit;
    return { items: page.map(bulkView), next_cursor: hasMore ? (page.at(-1)?.id ?? null) : null, has_more: hasMore };
  }

  @Get(':id')
  @NeedsRole('viewer')
  @ApiOperation({ summary: 'How far a bulk is' })
  @ApiResponse({ status: 200, type: BulkStory })
  async get(@Param('id') id: string): Promise<BulkStory> {
    if (!isUuid(id)) throw new Problem('not_found');
    return asEngine(this.dataSource, async (client) => {
      const bulk = await findBulk(client, id);
      if (!bulk) throw new Problem('not_found');
      return { ...bulkView(bulk), states: await statesOf(client, id) };
    });
  }

  @Get(':id/orders')
  @NeedsRole('viewer')
  @ApiOperation({ summary: 'What became of each of its orders' })
  @ApiQuery({ name: 'outcome', required: false, enum: ['pending', ...BULK_OUTCOMES] })
  @ApiQuery({ name: 'limit', required: false, description: '1 to 200, default 50' })
  @ApiQuery({ name: 'cursor', required: false, description: 'next_cursor of the page before' })
  @ApiResponse({ status: 200, type: BulkOrderPage })
  async orders(@Param('id') id: string, @Parameters() query: Query): Promise<BulkOrderPage> {
    await this.get(id);
    const faults = unknownParameters(query, ['outcome', 'limit', 'cursor']);
    const outcome = oneOf(query, 'outcome', ['pending', ...BULK_OUTCOMES] as const, faults);
    const limit = readLimit(query, faults);
    const cursor = one(query, 'cursor', faults) ?? '0';
    if (!/^\d{1,9}$/.test(cursor)) faults.push(badCursor());
    if (faults.length > 0) throw new Problem('invalid_query', { faults });
    const filter = { outcome, limit, after: Number(cursor) };
    const rows = await asEngine(this.dataSource, (client) => listBulkOrders(client, id, filter));
    const page = rows.slice(0, limit);
    const hasMore = rows.length > limit;
    return {
      items: page.map(bulkOrderView),
      next_cursor: hasMore ? String(page.at(-1)?.n) : null,
      has_more: hasMore,
    };
  }

  @Post(':id/approval')
  @HttpCode(200)
  @NeedsRole('approver')
  @ApiOperation({ summary: 'The second person agrees to the very orders that were listed' })
  @ApiBody({ type: BulkDecision })
  @ApiResponse({ status: 200, type: BulkView })
  @ApiResponse({
    status: 409,
    description: 'second_person_needed, second_person_dependent, bulk_approved, bulk_not_waiting',
  })
  async approve(@Param('id') id: string, @Body() body: RequestBody | undefined, @OperatorParam() operator: Operator) {
    return bulkView(await this.bulks.approve(this.deed(id, body, operator)));
  }

  @Post(':id/cancellation')
  @HttpCode(200)
  @NeedsRole('operator')
  @ApiOperation({ summary: 'Begin no more of its orders; what was begun stays so' })
  @ApiBody({ type: BulkDecision })
  @ApiResponse({ status: 200, type: BulkView })
  @ApiResponse({ status: 409, description: 'bulk_ended' })
  async cancel(@Param('id') id: string, @Body() body: RequestBody | undefined, @OperatorParam() operator: Operator) {
    return bulkView(await this.bulks.cancel(this.deed(id, body, operator)));
  }

  private deed(id: string, body: RequestBody | undefined, { name }: Operator) {
    if (!isUuid(id)) throw new Problem('not_found');
    return { id, operator: name, reason: this.checks.read(BulkDecision, body).reason };
  }
}

/** A filter that names nothing would mean everything: that is not taken. */
function criteriaOf(filter: BulkFilter): OrderCriteria {
  const faults: Fault[] = [];
  const { created_from, created_to, ...rest } = filter;
  const createdFrom = instant({ created_from }, 'created_from', faults);
  const createdTo = instant({ created_to }, 'created_to', faults);
  if (Object.keys(filter).length === 0) {
    const [zh, en] = ['请至少给出一个条件。', 'Give at least one condition.'];
    faults.push(fault('FIELD-VALUE', '/filter', zh, en));
  }
  if (faults.length > 0) {
    const inFilter = faults.map((one) => ({ ...one, pointer: one.pointer.replace('?', '/filter/') }));
    throw new Problem('invalid_request', { faults: inFilter });
  }
  return { ...rest, createdFrom, createdTo };
}
