import { Controller, Get, Param, Query as Parameters, Res, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { FastifyReply } from 'fastify';
import { PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { asEngine } from '../data/statement';
import { fault } from '../domain/fault';
import { toShanghai } from '../domain/shanghai';
import { Problem } from '../http/problems';
import { isUuid, one, Query, unknownParameters } from '../http/query';
import { readEventQuery } from '../orders/order-query';
import { EventPage } from '../orders/orders.api';
import { OrderReader, OrderRow } from '../orders/orders.read';
import { answerPdf, readPart } from '../orders/pdf-answer';
import { merchantOf } from './act';
import { ReinsertionList, ResolutionList } from './order-acts.api';
import { reinsertionView, resolutionView } from './order-acts.view';
import { NeedsRole, OperatorGuard } from './operator.guard';
import { reinsertionsOf } from './reinsertions';
import { resolutionsOf } from './resolutions';
import { filesOfRevision } from './revisions';

/** The parts of one order's story, each by itself. */
@ApiTags('admin')
@ApiBearerAuth()
@UseGuards(OperatorGuard)
@Controller('v1/admin/orders/:id')
export class OrderStoryController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly reader: OrderReader,
  ) {}

  @Get('events')
  @NeedsRole('viewer')
  @ApiOperation({ summary: 'The timeline of one order' })
  @ApiQuery({ name: 'limit', required: false, description: '1 to 200, default 50' })
  @ApiQuery({ name: 'cursor', required: false, description: 'next_cursor of the page before' })
  @ApiResponse({ status: 200, type: EventPage })
  async events(@Param('id') id: string, @Parameters() query: Query): Promise<EventPage> {
    const { after, limit, appid } = readEventQuery(query);
    if (appid !== undefined) throw new Problem('invalid_query', { faults: unknownParameters({ appid }, PAGE) });
    const rows = await this.reader.events(await this.order(id), after, limit);
    const page = rows.slice(0, limit);
    const hasMore = rows.length > limit;
    return {
      items: page.map(({ at, ...event }) => ({ ...event, at: toShanghai(at) })),
      next_cursor: hasMore ? String(page.at(-1)?.seq) : null,
      has_more: hasMore,
    };
  }

  @Get('pdf')
  @NeedsRole('viewer')
  @ApiOperation({ summary: 'Its PDF, the newest or that of an earlier revision; ?part=trip_pdf for the attachment' })
  @ApiQuery({ name: 'part', required: false, enum: ['pdf', 'trip_pdf'] })
  @ApiQuery({ name: 'revision', required: false, description: 'default: the newest' })
  @ApiResponse({ status: 200, content: { 'application/pdf': { schema: { type: 'string', format: 'binary' } } } })
  @ApiResponse({ status: 404 })
  @ApiResponse({ status: 409, description: 'sealed_value_lost: it is damaged' })
  async pdf(@Param('id') id: string, @Parameters() query: Query, @Res() reply: FastifyReply): Promise<void> {
    const faults = unknownParameters(query, ['part', 'revision']);
    const revision = one(query, 'revision', faults);
    if (revision !== undefined && !/^[1-9]\d{0,8}$/.test(revision)) faults.push(notARevision());
    if (faults.length > 0) throw new Problem('invalid_query', { faults });
    const part = readPart(query);
    const order = await this.order(id);
    const wanted = revision === undefined ? order : await this.asItWas(order, Number(revision));
    await answerPdf(reply, await this.reader.pdf(wanted, part), part);
  }

  @Get('reinsertions')
  @NeedsRole('viewer')
  @ApiOperation({ summary: 'Who began it anew, when and why' })
  @ApiResponse({ status: 200, type: ReinsertionList })
  async reinsertions(@Param('id') id: string): Promise<ReinsertionList> {
    return { items: (await this.acts(id, reinsertionsOf)).map(reinsertionView) };
  }

  @Get('resolutions')
  @NeedsRole('viewer')
  @ApiOperation({ summary: 'What people decided about it, and what waits for a second person' })
  @ApiResponse({ status: 200, type: ResolutionList })
  async resolutions(@Param('id') id: string): Promise<ResolutionList> {
    return { items: (await this.acts(id, resolutionsOf)).map(resolutionView) };
  }

  private acts<Row>(id: string, read: (client: PoolClient, key: string[]) => Promise<Row[]>): Promise<Row[]> {
    if (!isUuid(id)) throw new Problem('not_found');
    return asEngine(this.dataSource, async (client) => {
      const merchantId = await merchantOf(client, id);
      if (!merchantId) throw new Problem('not_found');
      return read(client, [merchantId, id]);
    });
  }

  private async order(id: string): Promise<OrderRow> {
    const merchantId = isUuid(id) ? await asEngine(this.dataSource, (client) => merchantOf(client, id)) : null;
    if (!merchantId) throw new Problem('not_found');
    return this.reader.byId(merchantId, id);
  }

  private async asItWas(order: OrderRow, revision: number): Promise<OrderRow> {
    if (revision === order.revision) return order;
    const key = [order.merchant_id, order.id];
    const files = await asEngine(this.dataSource, (client) => filesOfRevision(client, key, revision));
    if (!files) throw new Problem('not_found');
    return { ...order, files_at_text: files };
  }
}

const PAGE = ['limit', 'cursor'];

function notARevision() {
  return fault('QUERY-PARAMETER', '?revision', '须为正整数。', 'Must be a whole number from 1.');
}
