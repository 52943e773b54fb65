import { Body, Controller, Delete, Get, HttpCode, Param, Post, Res, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import { audit } from '../audit/audit';
import { Operator } from '../data/entities/operator';
import { asEngine } from '../data/statement';
import { toShanghai } from '../domain/shanghai';
import { fault } from '../domain/fault';
import { inPlainLetters } from '../domain/look-alike';
import { faultsOfName } from '../domain/names';
import { RequestBody } from '../http/body-parser';
import { Idempotent, NewId } from '../http/idempotency';
import { Problem } from '../http/problems';
import { isUuid } from '../http/query';
import { SchemaChecks } from '../http/schema-check';
import { readBody } from './merchants.controller';
import { NeedsRole, OperatorGuard, OperatorParam } from './operator.guard';
import { createOperator, listOperators, operatorNames, OperatorRow, revokeOperator } from './operators';
import { CreatedOperatorView, OperatorList, OperatorRequest, OperatorView } from './operators.api';

/** The audit trail names others so: keys, the service itself, its schedule. */
const RESERVED = /^(key\s|(piaoka|schedule|reconciliation|bootstrap)\b)/;

@ApiTags('admin')
@ApiBearerAuth()
@UseGuards(OperatorGuard)
@Controller('v1/admin/operators')
export class OperatorsController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly checks: SchemaChecks,
  ) {}

  @Get()
  @NeedsRole('viewer')
  @ApiOperation({ summary: 'Who operates the platform; never a key' })
  @ApiResponse({ status: 200, type: OperatorList })
  async list(): Promise<OperatorList> {
    return { items: (await asEngine(this.dataSource, listOperators)).map(viewOf) };
  }

  @Post()
  @NeedsRole('administrator')
  @Idempotent()
  @ApiOperation({ summary: 'A new operator with a key of its own: what needs two people needs two of them' })
  @ApiBody({ type: OperatorRequest })
  @ApiResponse({ status: 201, type: CreatedOperatorView, description: 'The only answer that tells the key' })
  @ApiResponse({ status: 409, description: 'operator_exists' })
  async create(
    @Body() body: RequestBody | undefined,
    @OperatorParam() operator: Operator,
    @NewId() id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CreatedOperatorView> {
    const { name, role, reason = null } = readBody<OperatorRequest>(body, this.checks, OperatorRequest.name);
    if (RESERVED.test(inPlainLetters(name))) throw new Problem('invalid_request', { faults: [reservedName()] });
    const created = await asEngine(this.dataSource, async (client) => {
      const faults = faultsOfName(name, await operatorNames(client));
      if (faults.length > 0) throw new Problem('invalid_request', { faults });
      const made = await createOperator(client, { id, name, role, madeBy: operator.id });
      if (made) await audit(client, actOf(operator, 'operator.created', made.row, reason));
      return made;
    });
    if (!created) throw new Problem('operator_exists');
    void reply.header('cache-control', 'no-store');
    return { ...viewOf(created.row), key: created.secret };
  }

  @Delete(':id')
  @HttpCode(204)
  @NeedsRole('administrator')
  @ApiOperation({ summary: 'Revoke an operator’s key' })
  @ApiResponse({ status: 204 })
  async revoke(@Param('id') id: string, @OperatorParam() operator: Operator): Promise<void> {
    const revoked =
      isUuid(id) &&
      (await asEngine(this.dataSource, async (client) => {
        const row = await revokeOperator(client, id);
        if (row) await audit(client, actOf(operator, 'operator.revoked', row, null));
        return row;
      }));
    if (!revoked) throw new Problem('not_found');
  }
}

function viewOf({ created_at, revoked_at, ...row }: OperatorRow): OperatorView {
  return { ...row, created_at: toShanghai(created_at), revoked_at: revoked_at && toShanghai(revoked_at) };
}

function actOf(operator: Operator, action: string, row: OperatorRow, reason: string | null) {
  const data = { name: row.name, role: row.role };
  return { merchantId: null, actor: operator.name, action, object: row.id, reason, data };
}

function reservedName() {
  return fault(
    'FIELD-VALUE',
    '/name',
    '此名称在审计记录中另有所指（piaoka、schedule、reconciliation、bootstrap、key …），请换一个。',
    'The audit trail calls others so (piaoka, schedule, reconciliation, bootstrap, key …); take another name.',
  );
}
