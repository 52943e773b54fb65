import { Body, Controller, Get, Param, Post, Query, Req, Res, UseGuards } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiExtraModels,
  ApiOperation,
  ApiQuery,
  ApiResponse,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { Sealer } from '../data/sealed';
import { PdfCheck } from '../domain/pdf-verdict';
import { toShanghai } from '../domain/shanghai';
import { RequestBody } from '../http/body-parser';
import { TakesBody } from '../http/takes';
import { ProblemFilter } from '../http/problem.filter';
import { Problem } from '../http/problems';
import { Query as QueryParameters } from '../http/query';
import { ProcessorTurns } from '../http/processor-turns';
import { SchemaChecks } from '../http/schema-check';
import { CallerParam, MerchantGuard, NeedsScope } from '../merchants/merchant.guard';
import { Caller } from '../merchants/merchants';
import { answerBatch } from './order-batch';
import { ORDER_JSON_BYTES, readOrder } from './order-body';
import { cursorOf, readAppid, readEventQuery, readOrderQuery } from './order-query';
import { orderView } from './order-view';
import {
  EventPage,
  ORDER_ID,
  OrderData,
  OrderDataFromFile,
  OrderForm,
  OrderPage,
  OrderRequest,
  OrderRequestFromFile,
  OrderView,
} from './orders.api';
import { OrderReader, OrderRow } from './orders.read';
import { answerPdf, readPart } from './pdf-answer';
import { PostOrders } from './post-orders';

export class OrderLimits {
  constructor(
    readonly maxPdfBytes: number,
    readonly pdfCheck: PdfCheck,
  ) {}
}

@ApiTags('orders')
@ApiBearerAuth()
@ApiExtraModels(OrderData, OrderDataFromFile, OrderRequest, OrderRequestFromFile, OrderForm)
@UseGuards(MerchantGuard)
@Controller('v1/orders')
export class OrdersController {
  constructor(
    private readonly posts: PostOrders,
    private readonly reader: OrderReader,
    private readonly checks: SchemaChecks,
    private readonly sealer: Sealer,
    private readonly limits: OrderLimits,
    private readonly filter: ProblemFilter,
    private readonly floor: ProcessorTurns,
  ) {}

  @Post()
  @TakesBody({ kinds: ['json', 'form'], files: 2 })
  @NeedsScope('orders:write')
  @ApiOperation({
    summary: 'Post an order whose user has authorised an invoice; repeating it is safe',
    requestBody: {
      required: true,
      content: {
        'application/json': {
          schema: { oneOf: [{ $ref: getSchemaPath(OrderRequest) }, { $ref: getSchemaPath(OrderRequestFromFile) }] },
        },
        'multipart/form-data': { schema: { $ref: getSchemaPath(OrderForm) } },
      },
    },
  })
  @ApiResponse({ status: 202, type: OrderView, description: 'Stored; the card follows' })
  @ApiResponse({
    status: 200,
    type: OrderView,
    description: 'Posted before with the same content: the order as it is now',
  })
  @ApiResponse({ status: 409, description: 'order_conflict, order_taken or invoice_taken' })
  @ApiResponse({ status: 422, description: 'invalid_order: every fault by JSON pointer' })
  @ApiResponse({ status: 429, description: 'too_many_requests, rate_limited: send it again after Retry-After' })
  async post(
    @Body() body: RequestBody | undefined,
    @CallerParam() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OrderView> {
    const given = await readOrder(body, this.checks, this.limits.maxPdfBytes);
    // A form came in pieces; it is judged in one.
    if (body?.kind === 'form') await this.floor.take(caller.merchantId);
    const { status, view } = await this.posts.post(given, caller);
    void reply.status(status);
    void reply.header(
      'location',
      `/v1/orders/${encodeURIComponent(view.order_id)}?appid=${encodeURIComponent(view.appid)}`,
    );
    if (status === 200) void reply.header('idempotent-replayed', 'true');
    return view;
  }

  @Post('batch')
  @TakesBody({ kinds: ['ndjson'] })
  @NeedsScope('orders:write')
  @ApiOperation({
    summary: 'Post up to 500 orders, one a line; line n of the answer is about line n',
    requestBody: { required: true, content: { 'application/x-ndjson': { schema: { type: 'string' } } } },
  })
  @ApiResponse({
    status: 200,
    content: { 'application/x-ndjson': { schema: { type: 'string' } } },
    description: '{line, status, order | problem} for each line',
  })
  async batch(
    @Body() body: RequestBody | undefined,
    @CallerParam() caller: Caller,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (body?.kind !== 'ndjson') throw new Problem('unsupported_media_type');
    const answers = answerBatch(body, {
      posts: this.posts,
      checks: this.checks,
      floor: this.floor,
      caller,
      maxLineBytes: ORDER_JSON_BYTES + Math.ceil((this.limits.maxPdfBytes * 2 * 4) / 3),
      problemOf: (error) => this.filter.problemOf(error, request),
      requestId: request.id,
    });
    await reply.status(200).header('content-type', 'application/x-ndjson; charset=utf-8').send(Readable.from(answers));
  }

  @Get()
  @NeedsScope('orders:read')
  @ApiOperation({ summary: 'Orders, newest first, in pages' })
  @ApiQuery({ name: 'state', required: false })
  @ApiQuery({ name: 'invoice_number', required: false })
  @ApiQuery({ name: 'created_from', required: false, description: 'RFC 3339 with offset, or a date (00:00 +08:00)' })
  @ApiQuery({ name: 'created_to', required: false, description: 'exclusive' })
  @ApiQuery({ name: 'limit', required: false, description: '1 to 200, default 50' })
  @ApiQuery({ name: 'cursor', required: false, description: 'next_cursor of the page before' })
  @ApiResponse({ status: 200, type: OrderPage })
  async list(@CallerParam() caller: Caller, @Query() query: QueryParameters): Promise<OrderPage> {
    const filter = readOrderQuery(query);
    const rows = await this.reader.list(caller.merchantId, filter);
    const page = rows.slice(0, filter.limit);
    const last = page.at(-1);
    const hasMore = rows.length > page.length;
    return {
      items: page.map((row) => orderView(row, this.sealer)),
      next_cursor: hasMore && last ? cursorOf(last) : null,
      has_more: hasMore,
    };
  }

  @Get(':order_id')
  @NeedsScope('orders:read')
  @ApiOperation({ summary: 'One order as it is now' })
  @ApiQuery({ name: 'appid', required: false, description: 'where one order_id is used under several appids' })
  @ApiResponse({ status: 200, type: OrderView })
  @ApiResponse({ status: 404 })
  async get(
    @CallerParam() caller: Caller,
    @Param('order_id') orderId: string,
    @Query() query: QueryParameters,
  ): Promise<OrderView> {
    return orderView(await this.one(caller, orderId, readAppid(query)), this.sealer);
  }

  @Get(':order_id/events')
  @NeedsScope('orders:read')
  @ApiOperation({ summary: 'The timeline of one order' })
  @ApiQuery({ name: 'appid', required: false })
  @ApiQuery({ name: 'limit', required: false })
  @ApiQuery({ name: 'cursor', required: false })
  @ApiResponse({ status: 200, type: EventPage })
  async events(
    @CallerParam() caller: Caller,
    @Param('order_id') orderId: string,
    @Query() query: QueryParameters,
  ): Promise<EventPage> {
    const { after, limit, appid } = readEventQuery(query);
    const order = await this.one(caller, orderId, appid);
    const rows = await this.reader.events(order, after, limit);
    const page = rows.slice(0, limit);
    const hasMore = rows.length > page.length;
    return {
      items: page.map(({ seq, at, type, data }) => ({ seq, at: toShanghai(at), type, data })),
      next_cursor: hasMore ? String(page.at(-1)?.seq) : null,
      has_more: hasMore,
    };
  }

  @Get(':order_id/pdf')
  @NeedsScope('orders:read')
  @ApiOperation({ summary: 'Its PDF, the newest where it was revised; ?part=trip_pdf for the attachment' })
  @ApiQuery({ name: 'appid', required: false })
  @ApiQuery({ name: 'part', required: false, enum: ['pdf', 'trip_pdf'] })
  @ApiResponse({ status: 200, content: { 'application/pdf': { schema: { type: 'string', format: 'binary' } } } })
  @ApiResponse({ status: 409, description: 'appid_required, or sealed_value_lost: it is damaged' })
  async pdf(
    @CallerParam() caller: Caller,
    @Param('order_id') orderId: string,
    @Query() query: QueryParameters,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const part = readPart(query);
    const order = await this.one(caller, orderId, readAppid(query, ['part']));
    await answerPdf(reply, await this.reader.pdf(order, part), part);
  }

  /** Unknown and another merchant's are one and the same answer. */
  private async one(caller: Caller, orderId: string, appid: string | undefined): Promise<OrderRow> {
    if (!ORDER_ID.test(orderId)) throw new Problem('not_found');
    const [order, second] = await this.reader.find(caller.merchantId, orderId, appid);
    if (!order) throw new Problem('not_found');
    if (second) throw new Problem('appid_required');
    return order;
  }
}
