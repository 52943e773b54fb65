import { Controller, Get, Query as QueryParam, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { INSTALLATION } from '../audit/audit';
import { AuditPage, AuditVerificationView, AuditView } from '../audit/audit.api';
import { AuditEntryRow, AuditFilter, listAudit } from '../audit/audit.read';
import { verifyAudit } from '../audit/verify';
import { asEngine } from '../data/statement';
import { readInstant } from '../domain/instant';
import { toShanghai } from '../domain/shanghai';
import { Problem } from '../http/problems';
import { badCursor, instant, isUuid, one, Query, readLimit, unknownParameters, uuid } from '../http/query';
import { NeedsRole, OperatorGuard } from './operator.guard';

/** The keys that may have signed the audit trail's anchors. */
export class AuditKeys {
  constructor(readonly masterKeys: string[]) {}
}

const PARAMETERS = ['merchant_id', 'actor', 'action', 'object', 'from', 'to', 'limit', 'cursor'];

@ApiTags('admin')
@ApiBearerAuth()
@UseGuards(OperatorGuard)
@Controller('v1/admin/audit')
export class AuditController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly keys: AuditKeys,
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

  @Get('verification')
  @NeedsRole('administrator')
  @ApiOperation({ summary: 'Read every chain and name each row that was edited, removed or moved' })
  @ApiResponse({ status: 200, type: AuditVerificationView })
  async verification(): Promise<AuditVerificationView> {
    const { masterKeys } = this.keys;
    const verified = await asEngine(this.dataSource, (client) => verifyAudit(client, masterKeys));
    const { chains, rows, findings, unverifiable } = verified;
    const views = findings.map(({ chain, ...finding }) => ({ merchant_id: merchantOf(chain), ...finding }));
    return { intact: findings.length === 0, chains, rows, findings: views, unverifiable_anchors: unverifiable };
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

function merchantOf(chain: string): string | null {
  return chain === INSTALLATION ? null : chain;
}
