import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Post,
  Query as Parameters,
  Res,
  UseGuards,
} from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { FastifyReply } from 'fastify';
import { PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { Operator } from '../data/entities/operator';
import { asEngine } from '../data/statement';
import { Fault, fault } from '../domain/fault';
import { readInstant } from '../domain/instant';
import { toShanghai } from '../domain/shanghai';
import { RequestBody } from '../http/body-parser';
import { Idempotent, NewId } from '../http/idempotency';
import { Problem } from '../http/problems';
import { isUuid, one, Query } from '../http/query';
import { SchemaChecks } from '../http/schema-check';
import { findMerchant } from '../merchants/merchant-admin';
import { createKey, KeyRow, listKeys, revokeKey } from '../merchants/merchant-keys';
import { Merchants } from '../merchants/merchants';
import { CreatedKeyView, KeyList, KeyRequest, KeyView } from './merchants.api';
import { readBody } from './merchants.controller';
import { NeedsRole, OperatorGuard, OperatorParam } from './operator.guard';

@ApiTags('admin')
@ApiBearerAuth()
@UseGuards(OperatorGuard)
@Controller('v1/admin/merchants/:id/keys')
export class MerchantKeysController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly checks: SchemaChecks,
    private readonly merchants: Merchants,
  ) {}

  @Get()
  @NeedsRole('viewer')
  @ApiOperation({ summary: 'The keys of a merchant, newest first; never a key itself' })
  @ApiResponse({ status: 200, type: KeyList })
  async list(@Param('id') id: string): Promise<KeyList> {
    return this.ofMerchant(id, async (client) => ({ items: (await listKeys(client, id)).map(viewOf) }));
  }

  @Post()
  @NeedsRole('administrator')
  @Idempotent()
  @ApiOperation({
    summary: 'A new key beside those that live: rotate by revoking the old one once the new one is in use',
  })
  @ApiBody({ type: KeyRequest })
  @ApiResponse({ status: 201, type: CreatedKeyView, description: 'The only answer that tells the key' })
  async create(
    @Param('id') id: string,
    @Body() body: RequestBody | undefined,
    @OperatorParam() operator: Operator,
    @NewId() keyId: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CreatedKeyView> {
    const { label, scopes, expires_at, reason } = readBody<KeyRequest>(body, this.checks, KeyRequest.name);
    const expiresAt = expires_at === undefined ? null : readInstant(expires_at);
    if (expires_at !== undefined && (expiresAt?.getTime() ?? 0) <= Date.now()) {
      throw new Problem('invalid_request', { faults: [notFuture()] });
    }
    const by = { actor: operator.name, reason: reason ?? null };
    const { row, secret } = await this.ofMerchant(id, (client) =>
      createKey(client, id, { id: keyId, label, scopes, expiresAt }, by),
    );
    void reply.header('cache-control', 'no-store');
    return { ...viewOf(row), key: secret };
  }

  @Delete(':key_id')
  @HttpCode(204)
  @NeedsRole('administrator')
  @ApiOperation({ summary: 'Revoke a key; within five seconds no process takes it any more' })
  @ApiQuery({ name: 'reason', required: false, description: 'kept in the audit trail' })
  @ApiResponse({ status: 204 })
  async revoke(
    @Param('id') id: string,
    @Param('key_id') keyId: string,
    @OperatorParam() operator: Operator,
    @Parameters() query: Query,
  ): Promise<void> {
    const faults: Fault[] = [];
    const reason = one(query, 'reason', faults)?.slice(0, 500) ?? null;
    if (faults.length > 0) throw new Problem('invalid_query', { faults });
    if (!isUuid(keyId)) throw new Problem('not_found');
    const by = { actor: operator.name, reason };
    const revoked = await this.ofMerchant(id, (client) => revokeKey(client, id, keyId, by));
    if (!revoked) throw new Problem('not_found');
    this.merchants.forget();
  }

  /** An unknown merchant is 404 whatever was asked of it. */
  private async ofMerchant<T>(id: string, work: (client: PoolClient) => Promise<T>): Promise<T> {
    if (!isUuid(id)) throw new Problem('not_found');
    return asEngine(this.dataSource, async (client) => {
      if (!(await findMerchant(client, id))) throw new Problem('not_found');
      return work(client);
    });
  }
}

function notFuture(): Fault {
  return fault(
    'FIELD-VALUE',
    '/expires_at',
    '须为带时区的将来时间。',
    'Must be a time in the future, RFC 3339 with offset.',
  );
}

function viewOf({ id, label, scopes, created_at, expires_at, revoked_at, last_used_at }: KeyRow): KeyView {
  return {
    id,
    label,
    scopes,
    live: !revoked_at && !(expires_at && expires_at.getTime() <= Date.now()),
    created_at: toShanghai(created_at),
    expires_at: expires_at && toShanghai(expires_at),
    revoked_at: revoked_at && toShanghai(revoked_at),
    last_used_at: last_used_at && toShanghai(last_used_at),
  };
}
