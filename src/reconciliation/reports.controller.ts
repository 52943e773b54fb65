import { Body, Controller, Get, Param, Post, Query, Res, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import { NeedsRole, OperatorGuard, OperatorParam } from '../console/operator.guard';
import { Operator } from '../data/entities/operator';
import { asEngine } from '../data/statement';
import { Fault, fault } from '../domain/fault';
import { shanghaiDay } from '../domain/shanghai';
import { RequestBody } from '../http/body-parser';
import { Idempotent, NewId } from '../http/idempotency';
import { Problem } from '../http/problems';
import { instant, isUuid, Query as Parameters, readLimit, unknownParameters, uuid } from '../http/query';
import { SchemaChecks } from '../http/schema-check';
import { readFile } from './report-parts';
import { daysOf, labelOf } from './report-period';
import { Reports } from './reports';
import { ReportPage, ReportRequest, ReportView } from './reports.api';
import { findReport, listReports, ReportRow } from './reports.store';
import { reportPage, reportView, sha256Sums } from './reports.view';

const TYPES: Record<string, string> = {
  json: 'application/json',
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

@ApiTags('admin')
@ApiBearerAuth()
@UseGuards(OperatorGuard)
@Controller('v1/admin/reports')
export class ReportsController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly checks: SchemaChecks,
    private readonly reports: Reports,
  ) {}

  @Post()
  @NeedsRole('operator')
  @Idempotent()
  @ApiOperation({
    summary: 'Report a merchant’s day, week or month as it stands now; its files are there when its state is done',
  })
  @ApiBody({ type: ReportRequest })
  @ApiResponse({ status: 201, type: ReportView })
  async request(
    @Body() body: RequestBody | undefined,
    @OperatorParam() operator: Operator,
    @NewId() id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReportView> {
    const { merchant, day, period = 'day', by = 'accepted' } = this.read(body);
    const days = daysOf(day, period);
    const wish = { id, merchantId: merchant, days, datedBy: by, requestedBy: operator.name };
    const report = await this.reports.request(wish);
    if (!report) {
      const unknown = fault('FIELD-VALUE', '/merchant', '没有这个商户。', 'There is no such merchant.');
      throw new Problem('invalid_request', { faults: [unknown] });
    }
    void reply.header('location', `/v1/admin/reports/${report.id}`);
    return reportView(report);
  }

  @Get()
  @NeedsRole('viewer')
  @ApiOperation({ summary: 'Reports, newest first' })
  @ApiQuery({ name: 'merchant', required: false })
  @ApiQuery({ name: 'day', required: false, description: 'the first day, Asia/Shanghai' })
  @ApiQuery({ name: 'limit', required: false })
  @ApiQuery({ name: 'cursor', required: false })
  @ApiResponse({ status: 200, type: ReportPage })
  async list(@Query() query: Parameters): Promise<ReportPage> {
    const faults = unknownParameters(query, ['merchant', 'day', 'limit', 'cursor']);
    const limit = readLimit(query, faults);
    const at = instant(query, 'day', faults);
    const merchantId = uuid(query, 'merchant', faults);
    const after = uuid(query, 'cursor', faults);
    if (faults.length > 0) throw new Problem('invalid_query', { faults });
    const filter = { merchantId, after, limit, day: at && shanghaiDay(at.getTime() / 1000) };
    return reportPage(await asEngine(this.dataSource, (client) => listReports(client, filter)), limit);
  }

  @Get(':id')
  @NeedsRole('viewer')
  @ApiOperation({ summary: 'One report: its sums, and its files with their SHA-256' })
  @ApiResponse({ status: 200, type: ReportView })
  async get(@Param('id') id: string): Promise<ReportView> {
    return reportView(await this.find(id));
  }

  @Get(':id/files/:name')
  @NeedsRole('viewer')
  @ApiOperation({ summary: 'report.json, summary.csv, invoices.csv, drift.csv, report.xlsx or SHA256SUMS' })
  @ApiResponse({
    status: 200,
    description: 'The file, of the type that its name ends in',
    content: {
      'application/json': { schema: { type: 'object', additionalProperties: true } },
      'text/csv': { schema: { type: 'string' } },
      [TYPES.xlsx as string]: { schema: { type: 'string', format: 'binary' } },
      'text/plain': { schema: { type: 'string' } },
    },
  })
  async file(@Param('id') id: string, @Param('name') name: string, @Res() reply: FastifyReply): Promise<void> {
    const report = await this.find(id);
    const file = report.files?.find((one) => one.name === name);
    const sums = report.files !== null && name === 'SHA256SUMS';
    if (!file && !sums) throw new Problem('not_found');
    await reply
      .header('content-type', TYPES[name.split('.')[1] ?? ''] ?? 'text/plain; charset=utf-8')
      .header('cache-control', 'no-store')
      .header('x-content-type-options', 'nosniff')
      .header('content-disposition', `attachment; filename="${labelOf(report)}-${name}"`)
      .headers(file ? { 'content-length': file.bytes, etag: `"${file.sha256}"` } : {})
      .send(file ? readFile(this.dataSource, id, name) : sha256Sums(report));
  }

  private async find(id: string): Promise<ReportRow> {
    const report = isUuid(id) ? await asEngine(this.dataSource, (client) => findReport(client, id)) : null;
    if (!report) throw new Problem('not_found');
    return report;
  }

  private read(body: RequestBody | undefined): ReportRequest {
    if (body?.kind !== 'json') throw new Problem('unsupported_media_type');
    const faults: Fault[] = this.checks.faults(ReportRequest.name, body.value);
    if (faults.length > 0) throw new Problem('invalid_request', { faults });
    const request = body.value as ReportRequest;
    const start = new Date(`${request.day}T00:00:00+08:00`);
    // 2026-02-30 would be taken for another day.
    if (Number.isNaN(start.getTime()) || shanghaiDay(start.getTime() / 1000) !== request.day || start > new Date()) {
      const wrong = fault('FIELD-VALUE', '/day', '须为今天或之前的日期。', 'Must be a date, today at the latest.');
      throw new Problem('invalid_request', { faults: [wrong] });
    }
    return request;
  }
}
