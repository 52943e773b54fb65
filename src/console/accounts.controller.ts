import { Body, Controller, Get, HttpCode, Param, Patch, Post, Put, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { AccountCheck } from '../accounts/account-check';
import { Accounts, WechatAccount } from '../accounts/accounts';
import { Finding } from '../accounts/finding';
import { RefusedPushes } from '../accounts/refused-pushes';
import { SetUp } from '../accounts/set-up';
import { problemOf } from '../accounts/verdict-problem';
import { audit } from '../audit/audit';
import { Account } from '../data/entities/account';
import { Operator } from '../data/entities/operator';
import { Also } from '../data/together';
import { fault } from '../domain/fault';
import { toShanghai } from '../domain/shanghai';
import { AsksWechat } from '../http/asks-wechat';
import { RequestBody } from '../http/body-parser';
import { Problem } from '../http/problems';
import { SchemaChecks } from '../http/schema-check';
import {
  AccountChange,
  AccountList,
  AccountRequest,
  AccountView,
  CallbackSettings,
  AccountCheckView,
  PappidView,
} from './accounts.api';
import { act, readBody } from './admin-body';
import { NeedsRole, OperatorGuard, OperatorParam } from './operator.guard';

@ApiTags('admin')
@ApiBearerAuth()
@UseGuards(OperatorGuard)
@Controller('v1/admin/accounts')
export class AccountsController {
  constructor(
    private readonly accounts: Accounts,
    private readonly setUp: SetUp,
    private readonly accountCheck: AccountCheck,
    private readonly checks: SchemaChecks,
    private readonly refused: RefusedPushes,
  ) {}

  @Get()
  @NeedsRole('viewer')
  @ApiOperation({ summary: 'WeChat accounts; secrets are never shown' })
  @ApiResponse({ status: 200, type: AccountList })
  async list(): Promise<AccountList> {
    const [accounts, now] = await Promise.all([this.accounts.all(), this.accountCheck.now()]);
    return { items: accounts.map((account) => viewOf(account, now.get(account.appid))) };
  }

  @Post()
  @NeedsRole('administrator')
  @ApiOperation({ summary: 'Add an account' })
  @ApiBody({ type: AccountRequest })
  @ApiResponse({ status: 201, type: AccountView })
  @ApiResponse({ status: 409, description: 'account_exists' })
  async create(@Body() body: RequestBody | undefined, @OperatorParam() operator: Operator): Promise<AccountView> {
    const { appid, role, secret, token_kind, billing_fields } = readBody(body, this.checks, AccountRequest);
    const account = {
      appid,
      role,
      tokenKind: token_kind ?? 'stable',
      billingFields: billing_fields ?? 'current',
    } as const;
    const also = told(operator, 'account.created', appid, { role });
    if (!(await this.accounts.create(account, secret, also))) throw new Problem('account_exists');
    return this.view(appid);
  }

  @Patch(':appid')
  @NeedsRole('administrator')
  @ApiOperation({
    summary: 'Change an account: its role, its secret, how its token is got, how legacy numbers are sent',
  })
  @ApiBody({ type: AccountChange })
  @ApiResponse({ status: 200, type: AccountView })
  async change(
    @Param('appid') appid: string,
    @Body() body: RequestBody | undefined,
    @OperatorParam() operator: Operator,
  ): Promise<AccountView> {
    const change = readBody(body, this.checks, AccountChange);
    await this.one(appid);
    const { role, secret, token_kind: tokenKind, billing_fields: billingFields } = change;
    const also = told(operator, 'account.changed', appid, { changed: Object.keys(change) });
    await this.accounts.change(appid, withoutAbsent({ role, secret, tokenKind, billingFields }), also);
    return this.view(appid);
  }

  @Put(':appid/callback')
  @NeedsRole('administrator')
  @ApiOperation({ summary: 'How WeChat pushes to this account: mode, Token and EncodingAESKey' })
  @ApiBody({ type: CallbackSettings })
  @ApiResponse({ status: 200, type: AccountView })
  async callback(
    @Param('appid') appid: string,
    @Body() body: RequestBody | undefined,
    @OperatorParam() operator: Operator,
  ): Promise<AccountView> {
    const { mode, token, encoding_aes_key: aesKey = null } = readBody(body, this.checks, CallbackSettings);
    if ((mode === 'plain') !== (aesKey === null)) {
      const faults = [
        fault(
          'FIELD-VALUE',
          '/encoding_aes_key',
          '安全与兼容模式须提供 EncodingAESKey；明文模式不用。',
          'Modes safe and compatible need it; mode plain does not take it.',
        ),
      ];
      throw new Problem('invalid_request', { faults });
    }
    await this.one(appid);
    const also = told(operator, 'account.callback_changed', appid, { mode });
    await this.accounts.setCallback(appid, { mode, token, aesKey }, also);
    await this.refused.forget(appid, null);
    return this.view(appid);
  }

  @Post(':appid/check')
  @HttpCode(200)
  @NeedsRole('operator')
  @ApiOperation({
    summary: 'Look whether the account is ready: token, permission, s_pappid, contact, fields, callback',
  })
  @ApiResponse({ status: 200, type: AccountCheckView })
  @AsksWechat()
  async check(@Param('appid') appid: string): Promise<AccountCheckView> {
    return { appid, findings: await this.accountCheck.check(await this.one(appid)) };
  }

  @Post(':appid/s_pappid')
  @HttpCode(200)
  @NeedsRole('operator')
  @ApiOperation({ summary: 'Fetch the issuer’s s_pappid (seturl) and keep it' })
  @ApiResponse({ status: 200, type: PappidView })
  @ApiResponse({ status: 409, description: 'account_not_issuer, account_unknown or account_not_ready' })
  @AsksWechat()
  async pappid(@Param('appid') appid: string, @OperatorParam() operator: Operator): Promise<PappidView> {
    const account = await this.one(appid);
    if (account.role !== 'issuer') throw new Problem('account_not_issuer');
    const also = told(operator, 'account.s_pappid_fetched', appid);
    const fetched = await this.setUp.fetchPappid(account, also);
    if ('verdict' in fetched) throw problemOf(fetched.verdict);
    return { appid, s_pappid: fetched.sPappid };
  }

  private async one(appid: string): Promise<WechatAccount> {
    const account = /^[\w-]{1,64}$/.test(appid) ? await this.accounts.find(appid) : null;
    if (!account) throw new Problem('not_found');
    return account;
  }

  private async view(appid: string): Promise<AccountView> {
    const account = (await this.list()).items.find((one) => one.appid === appid);
    if (!account) throw new Problem('not_found');
    return account;
  }
}

/** The act's row in the audit trail, of the act's own commit. */
function told(operator: Operator, action: string, appid: string, data: Record<string, unknown> = {}): Also {
  return (client) => audit(client, act(operator, action, appid, data));
}

function viewOf(account: Account, now: Finding[] = []): AccountView {
  const { appid, role, tokenKind, billingFields, sPappid, callbackMode, callbackKeys, checkedAt, findings } = account;
  const path = role === 'component' ? '/wechat/component/callbacks' : `/wechat/callbacks/${appid}`;
  return {
    appid,
    role,
    token_kind: tokenKind,
    billing_fields: billingFields,
    s_pappid: sPappid,
    callback: { path, mode: callbackMode, set: callbackKeys !== null },
    checked_at: checkedAt && toShanghai(checkedAt),
    findings: [...((findings ?? []) as Finding[]), ...now],
    created_at: toShanghai(account.createdAt),
  };
}

function withoutAbsent<T extends object>(fields: T): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
}
