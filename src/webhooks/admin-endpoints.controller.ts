import { Controller, Get, Query as QueryParam, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { NeedsRole, OperatorGuard } from '../console/operator.guard';
import { asEngine } from '../data/statement';
import { Problem } from '../http/problems';
import { oneOf, Query, readLimit, unknownParameters, uuid } from '../http/query';
import { listEndpoints } from './endpoints';
import { endpointView } from './webhook-view';
import { MerchantWebhookEndpointPage } from './webhooks.api';

@ApiTags('admin')
@ApiBearerAuth()
@UseGuards(OperatorGuard)
@Controller('v1/admin/webhook_endpoints')
export class AdminWebhookEndpointsController {
  constructor(private readonly dataSource: DataSource) {}

  @Get()
  @NeedsRole('viewer')
  @ApiOperation({ summary: 'Where messages of all merchants go, and what fails or was disabled' })
  @ApiQuery({ name: 'merchant_id', required: false })
  @ApiQuery({ name: 'state', required: false, enum: ['enabled', 'disabled'] })
  @ApiQuery({ name: 'limit', required: false })
  @ApiQuery({ name: 'cursor', required: false })
  @ApiResponse({ status: 200, type: MerchantWebhookEndpointPage })
  async list(@QueryParam() query: Query): Promise<MerchantWebhookEndpointPage> {
    const faults = unknownParameters(query, ['merchant_id', 'state', 'limit', 'cursor']);
    const filter = {
      merchantId: uuid(query, 'merchant_id', faults),
      state: oneOf(query, 'state', ['enabled', 'disabled'] as const, faults),
      limit: readLimit(query, faults),
      after: uuid(query, 'cursor', faults),
    };
    if (faults.length > 0) throw new Problem('invalid_query', { faults });
    const rows = await asEngine(this.dataSource, (client) => listEndpoints(client, filter));
    const page = rows.slice(0, filter.limit);
    const hasMore = rows.length > filter.limit;
    return {
      items: page.map((row) => ({ merchant_id: row.merchant_id, ...endpointView(row) })),
      next_cursor: hasMore ? (page.at(-1)?.id ?? null) : null,
      has_more: hasMore,
    };
  }
}
