import { Body, Controller, Get, HttpCode, Param, Post, Query as QueryParam, Res, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import { INSTALLATION } from '../audit/audit';
import {
  AuditPage,
  AuditView,
  LatestVerificationView,
  VerificationRequest,
  VerificationRunView,
} from '../audit/audit.api';
import { AuditEntryRow, AuditFilter, listAudit } from '../audit/audit.read';
import { findVerification, latestVerification, requestVerification, VerificationRow } from '../audit/verifications';
import { Operator } from '../data/entities/operator';
import { asEngine } from '../data/statement';
import { readInstant } from '../domain/instant';
import { toShanghai } from '../domain/shanghai';
import { RequestBody } from '../http/body-parser';
import { Idempotent, NewId } from '../http/idempotency';
import { Problem } from '../http/problems';
import { badCursor, instant, isUuid, one, Query, readLimit, unknownParameters, uuid } from '../http/query';
import { SchemaChecks } from '../http/schema-check';
import { readBody } from './merchants.controller';
import { NeedsRole, OperatorGuard, OperatorParam } from './operator.guard';

const PARAMETERS = ['merchant_id', 'actor', 'action', 'object', 'from', 'to', 'limit', 'cursor'];

@ApiTags('admin')
@ApiBearerAuth()
@UseGuards(OperatorGuard)
@Controller('v1/admin/audit')
export class AuditController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly checks: SchemaChecks,
  ) {}

  @Get()
  @NeedsRole('viewer')
  @ApiOperation({ summary: 'What people and keys did, newest first' })
  @ApiQuery({ name: 'merchant_id', required: false, description: 'all zeros: the installation' })
  @ApiQuery({ name: 'actor', required: false })
  @ApiQuery({ name: 'action', required: false, description: 'noun.verb' })
  @ApiQuery({ name: 'object', required: false })
  @ApiQuery({ name: 'from', required: false, description: 'RFC 3339 with offset, or a date (00:00 +08:00)' })
  @ApiQuery({ name: 'to', required: false, description: 'exclusive' })
  @ApiQuery({ name: 'limit', required: false })
  @ApiQuery({ name: 'cursor', required: false })
  @ApiResponse({ status: 200, type: AuditPage })
  async list(@QueryParam() query: Query): Promise<AuditPage> {
    const filter = readFilter(query);
    const rows = await asEngine(this.dataSource, (client) => listAudit(client, filter));
    const page = rows.slice(0, filter.limit);
    const last = page.at(-1);
    const hasMore = rows.length > filter.limit;
    return {
      items: page.map(viewOf),
      next_cursor: hasMore && last ? cursorOf(last) : null,
      has_more: hasMore,
    };
  }

  @Post('verifications')
  @HttpCode(202)
  @NeedsRole('administrator')
  @Idempotent()
  @ApiBody({ type: VerificationRequest })
  @ApiOperation({
    summary: 'Have every chain read, and each row named that was edited, removed or moved; a worker does it',
  })
  @ApiResponse({ status: 202, type: VerificationRunView })
  async verify(
    @Body() body: RequestBody | undefined,
    @OperatorParam() operator: Operator,
    @NewId() id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<VerificationRunView> {
    const { anchors = [] } = readBody<VerificationRequest>(body, this.checks, VerificationRequest.name);
    const run = await requestVerification(this.dataSource, { id, by: operator.name, anchors });
    void reply.header('location', `/v1/admin/audit/verifications/${run.id}`);
    return runView(run);
  }

  @Get('verifications/:id')
  @NeedsRole('administrator')
  @ApiOperation({ summary: 'A check that was asked for, with its result once it is done' })
  @ApiResponse({ status: 200, type: VerificationRunView })
  async verification(@Param('id') id: string): Promise<VerificationRunView> {
    const run = isUuid(id) && (await asEngine(this.dataSource, (client) => findVerification(client, id)));
    if (!run) throw new Problem('not_found');
    return runView(run);
  }

  @Get('verification')
  @NeedsRole('administrator')
  @ApiOperation({ summary: 'The latest result of a check; 404 before the first' })
  @ApiResponse({ status: 200, type: LatestVerificationView })
  @ApiResponse({ status: 404, description: 'not_found' })
  async latest(): Promise<LatestVerificationView> {
    const run = await asEngine(this.dataSource, latestVerification);
    if (!run?.result || !run.ended_at) throw new Problem('not_found');
    return { ...run.result, verified_at: toShanghai(run.ended_at) };
  }
}

function readFilter(query: Query): AuditFilter {
  const faults = unknownParameters(query, PARAMETERS);
  const cursor = one(query, 'cursor', faults);
  const after = cursor === undefined ? undefined : placeOf(cursor);
  if (cursor !== undefined && !after) faults.push(badCursor());
  const filter: AuditFilter = {
    chain: uuid(query, 'merchant_id', faults),
    actor: one(query, 'actor', faults),
    action: one(query, 'action', faults),
    object: one(query, 'object', faults),
    from: instant(query, 'from', faults),
    to: instant(query, 'to', faults),
    limit: readLimit(query, faults),
    after,
  };
  if (faults.length > 0) throw new Problem('invalid_query', { faults });
  return filter;
}

function placeOf(cursor: string): AuditFilter['after'] {
  const [at = '', chain = '', seq = '', ...more] = Buffer.from(cursor, 'base64url').toString().split('|');
  const whole = readInstant(at) && isUuid(chain) && /^\d{1,15}$/.test(seq) && more.length === 0;
  return whole ? { at, chain, seq } : undefined;
}

function cursorOf({ at_text, chain, seq }: AuditEntryRow): string {
  return Buffer.from(`${at_text}|${chain}|${seq}`).toString('base64url');
}

function viewOf({ chain, seq, at, actor, action, object, reason, data, sha256 }: AuditEntryRow): AuditView {
  const hash = sha256.toString('hex');
  return {
    merchant_id: merchantOf(chain),
    seq: Number(seq),
    at: toShanghai(at),
    actor,
    action,
    object,
    reason,
    data,
    sha256: hash,
  };
}

function runView({ requested_at, ended_at, ...run }: VerificationRow): VerificationRunView {
  return { ...run, requested_at: toShanghai(requested_at), ended_at: ended_at && toShanghai(ended_at) };
}

function merchantOf(chain: string): string | null {
  return chain === INSTALLATION ? null : chain;
}
