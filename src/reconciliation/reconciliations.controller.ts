import { Body, Controller, Get, HttpCode, Param, Post, Query, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { audit } from '../audit/audit';
import { NeedsRole, OperatorGuard, OperatorParam } from '../console/operator.guard';
import { nextTime } from '../cron';
import { FINDING_CLASSES, FINDING_STATES } from '../data/entities/reconciliation';
import { Operator } from '../data/entities/operator';
import { asEngine } from '../data/statement';
import { Fault, fault } from '../domain/fault';
import { toShanghai } from '../domain/shanghai';
import { RequestBody } from '../http/body-parser';
import { Idempotent, NewId } from '../http/idempotency';
import { Problem } from '../http/problems';
import { isUuid, oneOf, Query as Parameters, readLimit, unknownParameters, uuid } from '../http/query';
import { SchemaChecks } from '../http/schema-check';
import { decide, findFinding, listFindings } from './findings';
import { readPeriod } from './period';
import { Reconciliations } from './reconciliations';
import {
  DecisionRequest,
  FindingPage,
  FindingView,
  ReconciliationRequest,
  RunPage,
  RunView,
  RunWithFindings,
} from './reconciliations.api';
import { findRun, listRuns } from './runs';
import { findingPage, findingView, runView } from './views';

@ApiTags('admin')
@ApiBearerAuth()
@UseGuards(OperatorGuard)
@Controller('v1/admin')
export class ReconciliationsController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly checks: SchemaChecks,
    private readonly reconciliations: Reconciliations,
  ) {}

  @Post('reconciliations')
  @NeedsRole('operator')
  @Idempotent()
  @ApiOperation({ summary: 'Settle what waits and compare, now' })
  @ApiBody({ type: ReconciliationRequest })
  @ApiResponse({ status: 201, type: RunView })
  async start(
    @Body() body: RequestBody | undefined,
    @OperatorParam() operator: Operator,
    @NewId() id: string,
  ): Promise<RunView> {
    const { merchant = null, ...period } = this.read<ReconciliationRequest>(ReconciliationRequest.name, body);
    const faults: Fault[] = [];
    const { from, to } = readPeriod(period, '/', faults);
    if (faults.length > 0) throw new Problem('invalid_request', { faults });
    const run = await this.reconciliations.request({ id, merchantId: merchant, from, to, requestedBy: operator.name });
    if (run) return runView(run);
    const unknown = fault('FIELD-VALUE', '/merchant', '没有这个商户。', 'There is no such merchant.');
    throw new Problem('invalid_request', { faults: [unknown] });
  }

  @Get('reconciliations')
  @NeedsRole('viewer')
  @ApiOperation({ summary: 'Runs, newest first, and when the next one begins' })
  @ApiQuery({ name: 'merchant', required: false })
  @ApiQuery({ name: 'limit', required: false })
  @ApiQuery({ name: 'cursor', required: false })
  @ApiResponse({ status: 200, type: RunPage })
  async list(@Query() query: Parameters): Promise<RunPage> {
    const faults = unknownParameters(query, ['merchant', 'limit', 'cursor']);
    const limit = readLimit(query, faults);
    const filter = { merchantId: uuid(query, 'merchant', faults), after: uuid(query, 'cursor', faults), limit };
    if (faults.length > 0) throw new Problem('invalid_query', { faults });
    const rows = await asEngine(this.dataSource, (client) => listRuns(client, filter));
    const page = rows.slice(0, limit);
    const hasMore = rows.length > page.length;
    return {
      items: page.map(runView),
      next_scheduled_at: toShanghai(nextTime(this.reconciliations.cron, new Date())),
      next_cursor: hasMore ? (page.at(-1)?.id ?? null) : null,
      has_more: hasMore,
    };
  }

  @Get('reconciliations/:id')
  @NeedsRole('viewer')
  @ApiOperation({ summary: 'One run with the differences that it was the latest to see' })
  @ApiQuery({ name: 'limit', required: false })
  @ApiQuery({ name: 'cursor', required: false })
  @ApiResponse({ status: 200, type: RunWithFindings })
  async get(@Param('id') id: string, @Query() query: Parameters): Promise<RunWithFindings> {
    if (!isUuid(id)) throw new Problem('not_found');
    const faults = unknownParameters(query, ['limit', 'cursor']);
    const limit = readLimit(query, faults);
    const after = uuid(query, 'cursor', faults);
    if (faults.length > 0) throw new Problem('invalid_query', { faults });
    return asEngine(this.dataSource, async (client) => {
      const run = await findRun(client, id);
      if (!run) throw new Problem('not_found');
      return { ...runView(run), findings: findingPage(await listFindings(client, { run: id, limit, after }), limit) };
    });
  }

  @Get('findings')
  @NeedsRole('viewer')
  @ApiOperation({ summary: 'Differences, newest first' })
  @ApiQuery({ name: 'merchant', required: false })
  @ApiQuery({ name: 'state', required: false, enum: FINDING_STATES })
  @ApiQuery({ name: 'class', required: false, enum: FINDING_CLASSES })
  @ApiQuery({ name: 'limit', required: false })
  @ApiQuery({ name: 'cursor', required: false })
  @ApiResponse({ status: 200, type: FindingPage })
  async findings(@Query() query: Parameters): Promise<FindingPage> {
    const faults = unknownParameters(query, ['merchant', 'state', 'class', 'limit', 'cursor']);
    const filter = {
      merchantId: uuid(query, 'merchant', faults),
      state: oneOf(query, 'state', FINDING_STATES, faults),
      class: oneOf(query, 'class', FINDING_CLASSES, faults),
      limit: readLimit(query, faults),
      after: uuid(query, 'cursor', faults),
    };
    if (faults.length > 0) throw new Problem('invalid_query', { faults });
    return findingPage(await asEngine(this.dataSource, (client) => listFindings(client, filter)), filter.limit);
  }

  @Post('findings/:id/acceptance')
  @HttpCode(200)
  @NeedsRole('operator')
  @ApiOperation({ summary: 'Let a difference be, for a reason' })
  @ApiBody({ type: DecisionRequest })
  @ApiResponse({ status: 200, type: FindingView })
  @ApiResponse({ status: 409, description: 'finding_closed' })
  accept(@Param('id') id: string, @Body() body: RequestBody | undefined, @OperatorParam() operator: Operator) {
    return this.decide(id, 'accepted', body, operator);
  }

  @Post('findings/:id/resolution')
  @HttpCode(200)
  @NeedsRole('operator')
  @ApiOperation({ summary: 'Say that a difference is settled; if it still holds, the next run opens it anew' })
  @ApiBody({ type: DecisionRequest })
  @ApiResponse({ status: 200, type: FindingView })
  @ApiResponse({ status: 409, description: 'finding_closed' })
  resolve(@Param('id') id: string, @Body() body: RequestBody | undefined, @OperatorParam() operator: Operator) {
    return this.decide(id, 'resolved', body, operator);
  }

  private async decide(
    id: string,
    state: 'accepted' | 'resolved',
    body: RequestBody | undefined,
    { name }: Operator,
  ): Promise<FindingView> {
    if (!isUuid(id)) throw new Problem('not_found');
    const { reason } = this.read<DecisionRequest>(DecisionRequest.name, body);
    return asEngine(this.dataSource, async (client) => {
      const finding = await decide(client, id, { state, by: name, reason });
      if (!finding) throw new Problem((await findFinding(client, id)) ? 'finding_closed' : 'not_found');
      const data = { class: finding.class, source: finding.source, order_id: finding.order_id };
      const merchantId = finding.merchant_id;
      await audit(client, { merchantId, actor: name, action: `finding.${state}`, object: id, reason, data });
      return findingView(finding);
    });
  }

  private read<T>(className: string, body: RequestBody | undefined): T {
    if (body?.kind !== 'json') throw new Problem('unsupported_media_type');
    const faults = this.checks.faults(className, body.value);
    if (faults.length > 0) throw new Problem('invalid_request', { faults });
    return body.value as T;
  }
}
