import { Body, Controller, Header, HttpCode, Post, Res, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { FastifyReply } from 'fastify';
import { RequestBody } from '../http/body-parser';
import { Problem } from '../http/problems';
import { SchemaChecks } from '../http/schema-check';
import { CallerParam, MerchantGuard, NeedsScope } from '../merchants/merchant.guard';
import { Caller } from '../merchants/merchants';
import { codeFaults, withLists } from './card-list';
import { bodyOrProblem } from './refusals';
import {
  CardBatchRequest,
  CardBatchView,
  CardPdfRequest,
  CardRequest,
  CardStatusBatchRequest,
  CardStatusRequest,
  CardView,
  DoneView,
} from './reimbursements.api';
import { Reimbursements } from './reimbursements';
import { itemsOf, linkOf, numbersIn } from './seen-item';

/** Spoken to by reimbursers (报销方): WeChat's own semantics, its refusals as problems with `errcode` and `errmsg`. */
@ApiTags('reimbursements')
@ApiBearerAuth()
@ApiResponse({ status: 409, description: 'wechat_conflict: 72023, 72024, 72036, 72039, 72060, 72061' })
@ApiResponse({ status: 422, description: 'wechat_refused: every other errcode' })
@ApiResponse({ status: 503, description: 'wechat_unavailable: nothing was changed' })
@UseGuards(MerchantGuard)
@Controller('v1/reimbursements')
export class ReimbursementsController {
  constructor(
    private readonly reimbursements: Reimbursements,
    private readonly checks: SchemaChecks,
  ) {}

  @Post('query')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @NeedsScope('reimbursements:read')
  @ApiOperation({ summary: 'One invoice that its user showed' })
  @ApiBody({ type: CardRequest })
  @ApiResponse({ status: 200, type: CardView })
  async query(@Body() body: RequestBody | undefined, @CallerParam() caller: Caller) {
    const card = this.read<CardRequest>(CardRequest.name, body);
    const answer = bodyOrProblem(await this.reimbursements.query(caller, card));
    return { ...answer, ...OK, invoice: numbersIn(answer) };
  }

  @Post('batch-query')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @NeedsScope('reimbursements:read')
  @ApiOperation({ summary: 'Up to 100 invoices at once' })
  @ApiBody({ type: CardBatchRequest })
  @ApiResponse({ status: 200, type: CardBatchView })
  async queryBatch(@Body() body: RequestBody | undefined, @CallerParam() caller: Caller) {
    const { item_list: cards } = this.read<CardBatchRequest>(CardBatchRequest.name, body);
    const answer = bodyOrProblem(await this.reimbursements.queryBatch(caller, cards));
    const items = itemsOf(answer).map((item) => ({ ...item, invoice: numbersIn(item) }));
    return { ...answer, ...OK, item_list: items, ...(items.length < cards.length ? FEWER : {}) };
  }

  @Post('pdf')
  @HttpCode(200)
  @NeedsScope('reimbursements:read')
  @ApiOperation({ summary: 'The PDF of an invoice, fetched from WeChat at once: its link dies within two hours' })
  @ApiBody({ type: CardPdfRequest })
  @ApiResponse({ status: 200, content: { 'application/pdf': { schema: { type: 'string', format: 'binary' } } } })
  @ApiResponse({ status: 404, description: 'not_found: the invoice has no such part' })
  @ApiResponse({ status: 502, description: 'invoice_file_unavailable: the link gave no PDF; try again later' })
  async pdf(
    @Body() body: RequestBody | undefined,
    @CallerParam() caller: Caller,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { part = 'pdf', ...card } = this.read<CardPdfRequest>(CardPdfRequest.name, body);
    const link = linkOf(bodyOrProblem(await this.reimbursements.query(caller, card)), part);
    if (!link) throw new Problem('not_found');
    const file = await this.reimbursements.files.fetch(link);
    if (!file.pdf)
      throw new Problem('invoice_file_unavailable', { detail: [`原因：${file.reason}。`, `Reason: ${file.reason}.`] });
    await reply
      .header('content-type', 'application/pdf')
      .header('cache-control', 'no-store')
      .header('x-content-type-options', 'nosniff')
      .header('content-disposition', `attachment; filename="${part === 'pdf' ? 'invoice' : 'trip'}.pdf"`)
      .send(file.pdf);
  }

  @Post('status')
  @HttpCode(200)
  @NeedsScope('reimbursements:write')
  @ApiOperation({ summary: 'Lock, unlock or reimburse one invoice; reimbursing cannot be undone' })
  @ApiBody({ type: CardStatusRequest })
  @ApiResponse({ status: 200, type: DoneView })
  @ApiResponse({
    status: 502,
    description: 'wechat_unclear: the change may have been made; detail says how to find out',
  })
  async status(@Body() body: RequestBody | undefined, @CallerParam() caller: Caller) {
    const { reimburse_status: status, ...card } = this.read<CardStatusRequest>(CardStatusRequest.name, body);
    return { ...bodyOrProblem(await this.reimbursements.change(caller, card, status), status), ...OK };
  }

  @Post('batch-status')
  @HttpCode(200)
  @NeedsScope('reimbursements:write')
  @ApiOperation({ summary: 'Lock, unlock or reimburse up to 100 invoices of one user: all of them or none' })
  @ApiBody({ type: CardStatusBatchRequest })
  @ApiResponse({ status: 200, type: DoneView })
  @ApiResponse({
    status: 502,
    description: 'wechat_unclear: the change may have been made; detail says how to find out',
  })
  async statusBatch(@Body() body: RequestBody | undefined, @CallerParam() caller: Caller) {
    const request = this.read<CardStatusBatchRequest>(CardStatusBatchRequest.name, body);
    const { openid, reimburse_status: status, invoice_list: cards } = request;
    return { ...bodyOrProblem(await this.reimbursements.changeBatch(caller, openid, cards, status), status), ...OK };
  }

  private read<T>(className: string, body: RequestBody | undefined): T {
    if (body?.kind !== 'json') throw new Problem('unsupported_media_type');
    const value = withLists(body.value);
    const faults = [...this.checks.faults(className, value), ...codeFaults(value)];
    if (faults.length > 0) throw new Problem('invalid_request', { faults });
    return value as T;
  }
}

/** WeChat may leave errcode out of a success, or write it as text. */
const OK = { errcode: 0, errmsg: 'ok' };

const FEWER = {
  advice: '微信返回的发票少于请求的数量：未返回的发票状态未知，并不表示不存在。请逐张查询。',
  advice_en:
    'WeChat answered fewer invoices than were asked for: those missing are unknown, not absent. Ask one by one.',
};
