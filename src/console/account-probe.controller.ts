import { Body, Controller, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { Accounts } from '../accounts/accounts';
import { audit } from '../audit/audit';
import { Operator } from '../data/entities/operator';
import { asEngine } from '../data/statement';
import { fault } from '../domain/fault';
import { AsksWechat } from '../http/asks-wechat';
import { RequestBody } from '../http/body-parser';
import { Problem } from '../http/problems';
import { SchemaChecks } from '../http/schema-check';
import { AccountProbe } from './account-probe';
import { ProbeAnswerView, ProbeRequest, ProbeView } from './account-probe.api';
import { act, readBody } from './admin-body';
import { NeedsRole, OperatorGuard, OperatorParam } from './operator.guard';

const SIZES_MIB = [1, 2, 5, 10];

/** Settles on a real account what WeChat's documents leave open. */
@ApiTags('admin')
@ApiBearerAuth()
@UseGuards(OperatorGuard)
@Controller('v1/admin/accounts/:appid/probe')
export class AccountProbeController {
  constructor(
    private readonly accounts: Accounts,
    private readonly probes: AccountProbe,
    private readonly dataSource: DataSource,
    private readonly checks: SchemaChecks,
  ) {}

  @Post()
  @HttpCode(200)
  @NeedsRole('administrator')
  @ApiOperation({
    summary: 'Ask WeChat what its documents leave open: upload sizes, quotas, what is told after a card',
  })
  @ApiBody({ type: ProbeRequest })
  @ApiResponse({ status: 200, type: ProbeView })
  @ApiResponse({ status: 409, description: 'probe_needs_a_card' })
  @AsksWechat()
  async probe(
    @Param('appid') appid: string,
    @Body() body: RequestBody | undefined,
    @OperatorParam() operator: Operator,
  ): Promise<ProbeView> {
    const {
      reason,
      upload_mib = SIZES_MIB,
      order: id,
      repeat_insert = false,
      young_template: youngTemplate = null,
    } = readBody(body, this.checks, ProbeRequest);
    const account = /^[\w-]{1,64}$/.test(appid) ? await this.accounts.find(appid) : null;
    if (!account) throw new Problem('not_found');
    if (repeat_insert && id === undefined) {
      const words = ['请给出要重复插卡的订单。', 'Name the order whose insert is to be repeated.'] as const;
      throw new Problem('invalid_request', { faults: [fault('FIELD-MISSING', '/order', ...words)] });
    }
    if (youngTemplate !== null && !repeat_insert) {
      const words = ['须与 repeat_insert 一起使用。', 'young_template goes with repeat_insert.'] as const;
      throw new Problem('invalid_request', { faults: [fault('FIELD-MISSING', '/repeat_insert', ...words)] });
    }
    const order = id === undefined ? null : await this.probes.insertedOrder(account, id);
    // Written down before WeChat is asked: an act whose answer is lost has happened all the same.
    const data = { order: id ?? null, repeat_insert, young_template: youngTemplate };
    await asEngine(this.dataSource, (client) =>
      audit(client, { ...act(operator, 'account.probed', appid, data), reason }),
    );
    const answers: ProbeAnswerView[] = [];
    for (const size of upload_mib) answers.push(await this.probes.upload(account, size));
    for (const call of ['setpdf', 'insert'] as const) answers.push(await this.probes.quota(account, call));
    if (order) {
      answers.push(await this.probes.authStatus(account, order), await this.probes.cardCode(account, order));
      if (repeat_insert) answers.push(...(await this.probes.repeated(account, order, youngTemplate)));
    }
    return { appid, answers };
  }
}
