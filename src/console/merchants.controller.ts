import { Body, Controller, Get, Param, Patch, Post, Query as Parameters, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { Operator } from '../data/entities/operator';
import { asEngine } from '../data/statement';
import { Fault } from '../domain/fault';
import { toShanghai } from '../domain/shanghai';
import { RequestBody } from '../http/body-parser';
import { Problem } from '../http/problems';
import { isUuid, Query, readLimit, unknownParameters, uuid } from '../http/query';
import { SchemaChecks } from '../http/schema-check';
import { useMendedTemplates } from '../insertion/mended-templates';
import {
  By,
  changeMerchant,
  createMerchant,
  findMerchant,
  listMerchants,
  MerchantRow,
  MerchantSettings,
  Settled,
} from '../merchants/merchant-admin';
import { Merchants } from '../merchants/merchants';
import { MerchantChange, MerchantPage, MerchantRequest, MerchantView } from './merchants.api';
import { NeedsRole, OperatorGuard, OperatorParam } from './operator.guard';

@ApiTags('admin')
@ApiBearerAuth()
@UseGuards(OperatorGuard)
@Controller('v1/admin/merchants')
export class MerchantsController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly checks: SchemaChecks,
    private readonly merchants: Merchants,
  ) {}

  @Get()
  @NeedsRole('viewer')
  @ApiOperation({ summary: 'Merchants, oldest first, in pages' })
  @ApiQuery({ name: 'limit', required: false })
  @ApiQuery({ name: 'cursor', required: false })
  @ApiResponse({ status: 200, type: MerchantPage })
  async list(@Parameters() query: Query): Promise<MerchantPage> {
    const faults: Fault[] = unknownParameters(query, ['limit', 'cursor']);
    const limit = readLimit(query, faults);
    const after = uuid(query, 'cursor', faults) ?? null;
    if (faults.length > 0) throw new Problem('invalid_query', { faults });
    const rows = await asEngine(this.dataSource, (client) => listMerchants(client, limit, after));
    const page = rows.slice(0, limit);
    const hasMore = rows.length > limit;
    return { items: page.map(viewOf), next_cursor: hasMore ? page.at(-1)!.id : null, has_more: hasMore };
  }

  @Post()
  @NeedsRole('administrator')
  @ApiOperation({ summary: 'A new merchant; it needs a key of its own before it can post' })
  @ApiBody({ type: MerchantRequest })
  @ApiResponse({ status: 201, type: MerchantView })
  @ApiResponse({ status: 409, description: 'merchant_exists' })
  async create(@Body() body: RequestBody | undefined, @OperatorParam() operator: Operator): Promise<MerchantView> {
    const { reason, ...request } = readBody<MerchantRequest>(body, this.checks, MerchantRequest.name);
    const settings = { card_id: null, strict: [], relaxed: [], pdf_check: null, redirect_domains: [], ...request };
    const by = { actor: operator.name, reason: reason ?? null };
    return viewOf(settled(await asEngine(this.dataSource, (client) => createMerchant(client, settings, by))));
  }

  @Get(':id')
  @NeedsRole('viewer')
  @ApiOperation({ summary: 'One merchant' })
  @ApiResponse({ status: 200, type: MerchantView })
  async get(@Param('id') id: string): Promise<MerchantView> {
    const merchant = isUuid(id) && (await asEngine(this.dataSource, (client) => findMerchant(client, id)));
    if (!merchant) throw new Problem('not_found');
    return viewOf(merchant);
  }

  @Patch(':id')
  @NeedsRole('administrator')
  @ApiOperation({ summary: 'Change what is given; orders that are on their way keep what they were accepted under' })
  @ApiBody({ type: MerchantChange })
  @ApiResponse({ status: 200, type: MerchantView })
  @ApiResponse({ status: 409, description: 'merchant_exists' })
  async change(
    @Param('id') id: string,
    @Body() body: RequestBody | undefined,
    @OperatorParam() operator: Operator,
  ): Promise<MerchantView> {
    if (!isUuid(id)) throw new Problem('not_found');
    const { reason, ...changes } = readBody<MerchantChange>(body, this.checks, MerchantChange.name);
    const by = { actor: operator.name, reason: reason ?? null };
    const merchant = settled(await asEngine(this.dataSource, (client) => this.changed(client, id, changes, by)));
    this.merchants.forget();
    return viewOf(merchant);
  }

  private async changed(client: PoolClient, id: string, changes: Partial<MerchantSettings>, by: By): Promise<Settled> {
    const settled = await changeMerchant(client, id, changes, by);
    await useMendedTemplates(client);
    return settled;
  }
}

/** The body of that class; throws the problem that names every fault of its shape. */
export function readBody<T>(body: RequestBody | undefined, checks: SchemaChecks, className: string): T {
  if (body?.kind !== 'json') throw new Problem('unsupported_media_type');
  const faults = checks.faults(className, body.value);
  if (faults.length > 0) throw new Problem('invalid_request', { faults });
  return body.value as T;
}

function settled(result: Settled): MerchantRow {
  if (result === 'unknown') throw new Problem('not_found');
  if (result === 'name_taken') throw new Problem('merchant_exists');
  if ('faults' in result) throw new Problem('invalid_request', { faults: result.faults });
  return result.merchant;
}

function viewOf({ created_at, ...merchant }: MerchantRow): MerchantView {
  return { ...merchant, created_at: toShanghai(created_at) };
}
