import { Controller, Get, Query, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { asEngine } from '../data/statement';
import { Fault } from '../domain/fault';
import { Problem } from '../http/problems';
import { cursorOf, oneOf, Query as Parameters, readCursor, readLimit, unknownParameters, uuid } from '../http/query';
import { anyKeyView, KeyFilter, listAllKeys } from './keys';
import { AnyKeyPage, KEY_HOLDERS } from './keys.api';
import { NeedsRole, OperatorGuard } from './operator.guard';

const PARAMETERS = ['holder', 'merchant', 'live', 'limit', 'cursor'];

@ApiTags('admin')
@ApiBearerAuth()
@UseGuards(OperatorGuard)
@Controller('v1/admin/keys')
export class KeysController {
  constructor(private readonly dataSource: DataSource) {}

  @Get()
  @NeedsRole('viewer')
  @ApiOperation({ summary: 'All keys of merchants and operators, newest first; never a key itself' })
  @ApiQuery({ name: 'holder', required: false, enum: KEY_HOLDERS })
  @ApiQuery({ name: 'merchant', required: false })
  @ApiQuery({ name: 'live', required: false, enum: ['true', 'false'] })
  @ApiQuery({ name: 'limit', required: false })
  @ApiQuery({ name: 'cursor', required: false })
  @ApiResponse({ status: 200, type: AnyKeyPage })
  async list(@Query() query: Parameters): Promise<AnyKeyPage> {
    const filter = readFilter(query);
    const rows = await asEngine(this.dataSource, (client) => listAllKeys(client, filter));
    const page = rows.slice(0, filter.limit);
    const hasMore = rows.length > page.length;
    const last = page.at(-1);
    return {
      items: page.map(anyKeyView),
      next_cursor: hasMore && last ? cursorOf({ createdAt: last.created_at_text, id: last.id }) : null,
      has_more: hasMore,
    };
  }
}

function readFilter(query: Parameters): KeyFilter {
  const faults: Fault[] = unknownParameters(query, PARAMETERS);
  const live = oneOf(query, 'live', ['true', 'false'], faults);
  const filter: KeyFilter = {
    holder: oneOf(query, 'holder', KEY_HOLDERS, faults),
    merchantId: uuid(query, 'merchant', faults),
    live: live === undefined ? undefined : live === 'true',
    limit: readLimit(query, faults),
    after: readCursor(query, faults),
  };
  if (faults.length > 0) throw new Problem('invalid_query', { faults });
  return filter;
}
