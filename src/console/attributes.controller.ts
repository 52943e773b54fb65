import { Body, Controller, Get, HttpCode, Param, Put, UseGuards } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiExtraModels,
  ApiOperation,
  ApiParam,
  ApiResponse,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { Accounts, WechatAccount } from '../accounts/accounts';
import { Attribute, ATTRIBUTES, SetUp } from '../accounts/set-up';
import { problemOf } from '../accounts/verdict-problem';
import { audit } from '../audit/audit';
import { Operator } from '../data/entities/operator';
import { asEngine } from '../data/statement';
import { fault } from '../domain/fault';
import { AsksWechat } from '../http/asks-wechat';
import { RequestBody } from '../http/body-parser';
import { Problem } from '../http/problems';
import { SchemaChecks } from '../http/schema-check';
import { AuthFieldRequest, BizFields, ContactRequest, PayMchRequest, UserFields } from './accounts.api';
import { act, readBody } from './admin-body';
import { NeedsRole, OperatorGuard, OperatorParam } from './operator.guard';

const SHAPES = { contact: ContactRequest, auth_field: AuthFieldRequest, pay_mch: PayMchRequest } as const;
const BODY = Object.values(SHAPES).map((shape) => ({ $ref: getSchemaPath(shape) }));

/** setbizattr: what WeChat shows and asks on behalf of a merchant's account. The last setting counts. */
@ApiTags('admin')
@ApiBearerAuth()
@ApiExtraModels(...Object.values(SHAPES), UserFields, BizFields)
@UseGuards(OperatorGuard)
@Controller('v1/admin/accounts/:appid/attributes')
export class AttributesController {
  constructor(
    private readonly accounts: Accounts,
    private readonly setUp: SetUp,
    private readonly dataSource: DataSource,
    private readonly checks: SchemaChecks,
  ) {}

  @Get(':attribute')
  @NeedsRole('viewer')
  @ApiOperation({ summary: 'As WeChat has it now; 409 account_not_ready while it was never set' })
  @ApiParam({ name: 'attribute', enum: Object.keys(ATTRIBUTES) })
  @ApiResponse({ status: 200, schema: { type: 'object' } })
  @AsksWechat()
  async get(@Param('appid') appid: string, @Param('attribute') name: string): Promise<unknown> {
    const attribute = attributeOf(name);
    const verdict = await this.setUp.read(await this.one(appid), attribute);
    if (verdict.kind !== 'done') throw problemOf(verdict);
    return verdict.body[ATTRIBUTES[attribute]] ?? {};
  }

  @Put(':attribute')
  @HttpCode(200)
  @NeedsRole('administrator')
  @ApiOperation({
    summary: 'Set it at WeChat',
    requestBody: { required: true, content: { 'application/json': { schema: { oneOf: BODY } } } },
  })
  @ApiParam({ name: 'attribute', enum: Object.keys(ATTRIBUTES) })
  @ApiResponse({ status: 200, schema: { type: 'object' } })
  @AsksWechat()
  async put(
    @Param('appid') appid: string,
    @Param('attribute') name: string,
    @Body() body: RequestBody | undefined,
    @OperatorParam() operator: Operator,
  ): Promise<object> {
    const attribute = attributeOf(name);
    const value = readBody<object>(body, this.checks, SHAPES[attribute]);
    const account = await this.one(appid);
    const given = attribute === 'pay_mch' ? await this.withPappid(account, value as PayMchRequest) : value;
    // Written down before WeChat is asked: an act whose answer is lost has happened all the same.
    await asEngine(this.dataSource, (client) =>
      audit(client, act(operator, 'account.attribute_asked', appid, { attribute })),
    );
    const verdict = await this.setUp.write(account, attribute, given);
    if (verdict.kind !== 'done') throw problemOf(verdict);
    return given;
  }

  private async withPappid(account: WechatAccount, request: PayMchRequest): Promise<object> {
    if (request.s_pappid) return request;
    const issuer = await this.accounts.issuerOf(account);
    if (!issuer) {
      const [zh, en] = [
        '此账号没有唯一的开票平台，请给出 s_pappid。',
        'The account has no one issuer: give its s_pappid.',
      ];
      throw new Problem('invalid_request', { faults: [fault('FIELD-MISSING', '/s_pappid', zh, en)] });
    }
    const fetched = await this.setUp.pappid(issuer);
    if ('verdict' in fetched) throw problemOf(fetched.verdict);
    return { ...request, s_pappid: fetched.sPappid };
  }

  private async one(appid: string): Promise<WechatAccount> {
    const account = /^[\w-]{1,64}$/.test(appid) ? await this.accounts.find(appid) : null;
    if (!account) throw new Problem('not_found');
    return account;
  }
}

function attributeOf(name: string): Attribute {
  if (!Object.hasOwn(ATTRIBUTES, name)) throw new Problem('not_found');
  return name as Attribute;
}
