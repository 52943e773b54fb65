import { Body, Controller, Post, Query, UseGuards } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiExtraModels,
  ApiOperation,
  ApiQuery,
  ApiResponse,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { NeedsRole, OperatorGuard, OperatorParam } from '../console/operator.guard';
import { Operator } from '../data/entities/operator';
import { asEngine } from '../data/statement';
import { Fault, fault } from '../domain/fault';
import { RequestBody } from '../http/body-parser';
import { TakesBody } from '../http/takes';
import { Problem } from '../http/problems';
import { instant, Query as Parameters, unknownParameters, uuid } from '../http/query';
import { SchemaChecks } from '../http/schema-check';
import { Reconciliations } from './reconciliations';
import { StatementRunView } from './reconciliations.api';
import { RunRow } from './runs';
import { StatementIntake } from './statement-intake';
import { StatementReader } from './statement-reader';
import { StatementEntry } from './statements.api';
import { runView } from './views';

interface Statement {
  merchant: string;
  appid: string;
  from: Date;
  to: Date;
}

@ApiTags('admin')
@ApiBearerAuth()
@ApiExtraModels(StatementEntry)
@UseGuards(OperatorGuard)
@Controller('v1/admin')
export class StatementsController {
  private readonly intake: StatementIntake;

  constructor(
    private readonly dataSource: DataSource,
    private readonly checks: SchemaChecks,
    private readonly reconciliations: Reconciliations,
  ) {
    this.intake = new StatementIntake(dataSource);
  }

  @Post('reconciliations/statements')
  @TakesBody({ kinds: ['csv', 'ndjson'] })
  @NeedsRole('operator')
  @ApiOperation({
    summary: 'Compare with what a merchant says it issued, one order a line; the same statement may be sent again',
    requestBody: {
      required: true,
      content: {
        'application/x-ndjson': { schema: { $ref: getSchemaPath(StatementEntry) } },
        'text/csv': {
          schema: { type: 'string' },
          example: '订单号,发票号码,金额（元）,状态\n2026112200001,26312000000183259524,"1,234.50",已开具\n',
        },
      },
    },
  })
  @ApiQuery({ name: 'merchant', description: 'Its uuid' })
  @ApiQuery({ name: 'from', description: 'It names the orders accepted from here: RFC 3339 with offset, or a date' })
  @ApiQuery({ name: 'to', description: 'To here, exclusive' })
  @ApiResponse({ status: 201, type: StatementRunView })
  @ApiResponse({ status: 413, description: 'statement_too_large' })
  @ApiResponse({ status: 422, description: 'invalid_request: `errors` begin with the number of the line' })
  async compare(
    @Query() query: Parameters,
    @Body() body: RequestBody | undefined,
    @OperatorParam() operator: Operator,
  ): Promise<StatementRunView> {
    if (body?.kind !== 'csv' && body?.kind !== 'ndjson') throw new Problem('unsupported_media_type');
    const { merchant, appid, from, to } = await this.read(query);
    const id = uuidv7();
    const reader = new StatementReader(body, this.checks);
    const intake = await this.intake.take(id, { id: merchant, appid }, reader);
    if (intake.kind === 'too_large') throw new Problem('statement_too_large');
    if (intake.kind === 'faults') throw new Problem('invalid_request', { faults: intake.faults });
    const wish = { id, merchantId: merchant, from, to, requestedBy: operator.name, statement: intake.statement };
    const run = runView((await this.reconciliations.request(wish)) as RunRow);
    return { ...run, ignored_columns: reader.ignored };
  }

  private async read(query: Parameters): Promise<Statement> {
    const faults = unknownParameters(query, ['merchant', 'from', 'to']);
    const merchant = uuid(query, 'merchant', faults);
    const [from, to] = [instant(query, 'from', faults), instant(query, 'to', faults)];
    for (const name of ['merchant', 'from', 'to']) {
      if (query[name] === undefined) faults.push(missing(name));
    }
    if (from && to && from >= to) {
      faults.push(fault('QUERY-PARAMETER', '?to', 'to 须晚于 from。', 'Must be later than from.'));
    }
    const appid = merchant && (await this.appidOf(merchant));
    if (merchant && !appid) {
      faults.push(fault('QUERY-PARAMETER', '?merchant', '没有这个商户。', 'There is no such merchant.'));
    }
    if (faults.length > 0 || !merchant || !appid || !from || !to) throw new Problem('invalid_query', { faults });
    return { merchant, appid, from, to };
  }

  private async appidOf(merchant: string): Promise<string | undefined> {
    const { rows } = await asEngine(this.dataSource, (client) =>
      client.query<{ appid: string }>('SELECT appid FROM merchants WHERE id = $1', [merchant]),
    );
    return rows[0]?.appid;
  }
}

function missing(name: string): Fault {
  return fault('QUERY-PARAMETER', `?${name}`, `缺少参数 ${name}。`, `The parameter ${name} is required.`);
}
