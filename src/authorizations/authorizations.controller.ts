import { Body, Controller, Get, HttpCode, Param, Post, Query, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Accounts, WechatAccount } from '../accounts/accounts';
import { problemOf } from '../accounts/verdict-problem';
import { fault } from '../domain/fault';
import { toShanghai } from '../domain/shanghai';
import { AsksWechat } from '../http/asks-wechat';
import { RequestBody } from '../http/body-parser';
import { Problem } from '../http/problems';
import { Query as QueryParameters } from '../http/query';
import { SchemaChecks } from '../http/schema-check';
import { CallerParam, MerchantGuard, NeedsScope } from '../merchants/merchant.guard';
import { mayReturnTo } from '../merchants/redirect-domains';
import { Caller } from '../merchants/merchants';
import { readAppid } from '../orders/order-query';
import { ORDER_ID } from '../orders/orders.api';
import { AuthorizationRow } from './authorization.store';
import { Authorizations } from './authorizations';
import { AuthorizationLink, AuthorizationRequest, AuthorizationView } from './authorizations.api';

/** An app and a mini program take their users back by themselves; a page, inside WeChat or not, is left for good without one. */
const RETURNS: Record<AuthorizationRequest['source'], 'required' | 'allowed' | 'refused'> = {
  web: 'required',
  wap: 'allowed',
  app: 'refused',
  wxa: 'refused',
};

export class AuthorizationDeadline {
  constructor(readonly seconds: number) {}
}

@ApiTags('authorizations')
@ApiBearerAuth()
@UseGuards(MerchantGuard)
@Controller('v1/authorizations')
export class AuthorizationsController {
  constructor(
    private readonly authorizations: Authorizations,
    private readonly accounts: Accounts,
    private readonly checks: SchemaChecks,
    private readonly deadline: AuthorizationDeadline,
  ) {}

  @Post()
  @HttpCode(201)
  @NeedsScope('orders:write')
  @ApiOperation({ summary: 'The page on which the user authorises an invoice; asking again gives a fresh link' })
  @ApiBody({ type: AuthorizationRequest })
  @ApiResponse({ status: 201, type: AuthorizationLink })
  @ApiResponse({
    status: 409,
    description: 'account_unknown, account_not_ready, order_taken, order_rejected or order_has_card',
  })
  @ApiResponse({ status: 422, description: 'invalid_request, or wechat_refused with WeChat’s errcode' })
  @AsksWechat()
  async ask(@Body() body: RequestBody | undefined, @CallerParam() caller: Caller): Promise<AuthorizationLink> {
    const request = this.read(body, caller);
    const merchant = await accountOf(this.accounts, request.appid ?? caller.appid);
    const asked = await this.authorizations.ask(caller, merchant, request);
    if ('refused' in asked) throw new Problem(asked.refused === 'taken' ? 'order_taken' : 'order_rejected');
    if ('verdict' in asked) throw problemOf(asked.verdict);
    return { order_id: request.order_id, ...asked.link };
  }

  @Get(':order_id')
  @NeedsScope('orders:read')
  @ApiOperation({ summary: 'How an authorisation stands; for type 1 with the title the user gave' })
  @ApiQuery({ name: 'appid', required: false, description: 'where one order_id is used under several appids' })
  @ApiResponse({ status: 200, type: AuthorizationView })
  async get(
    @CallerParam() caller: Caller,
    @Param('order_id') orderId: string,
    @Query() query: QueryParameters,
  ): Promise<AuthorizationView> {
    const appid = readAppid(query) ?? null;
    if (!ORDER_ID.test(orderId)) throw new Problem('not_found');
    const [row, second] = await this.authorizations.find(caller.merchantId, orderId, appid);
    if (!row) throw new Problem('not_found');
    if (second) throw new Problem('appid_required');
    return this.viewOf(await this.authorizations.upToDate(row));
  }

  private read(body: RequestBody | undefined, caller: Caller): AuthorizationRequest {
    if (body?.kind !== 'json') throw new Problem('unsupported_media_type');
    const faults = this.checks.faults(AuthorizationRequest.name, body.value);
    if (faults.length > 0) throw new Problem('invalid_request', { faults });
    const request = body.value as AuthorizationRequest;
    const returns = RETURNS[request.source];
    if (request.redirect_url === undefined ? returns === 'required' : returns === 'refused') {
      const [zh, en] = [
        'source=web 时必填，wap 可填，其他来源不用。',
        'Required for source web, allowed for wap, and refused for others.',
      ];
      faults.push(fault('FIELD-VALUE', '/redirect_url', zh, en));
    }
    const elsewhere = request.redirect_url !== undefined && !mayReturnTo(caller.redirectDomains, request.redirect_url);
    if (elsewhere && faults.length === 0) {
      const domains = caller.redirectDomains.join(', ');
      const zh = `只能返回本商户登记的域名：${domains}。`;
      faults.push(
        fault('FIELD-VALUE', '/redirect_url', zh, `Must lead to a registered domain of the merchant: ${domains}.`),
      );
    }
    if (!mayActFor(caller, request.appid ?? caller.appid)) {
      const [zh, en] = ['只能是本商户或其开票平台的 appid。', 'Must be the merchant’s appid or its issuer’s.'];
      faults.push(fault('FIELD-VALUE', '/appid', zh, en));
    }
    if (faults.length > 0) throw new Problem('invalid_request', { faults });
    return request;
  }

  private viewOf(row: AuthorizationRow): AuthorizationView {
    const expired =
      (row.state === 'asked' || row.state === 'failed') &&
      Date.now() - row.asked_at.getTime() > this.deadline.seconds * 1000;
    const title = this.authorizations.personOf(row)?.title;
    return {
      order_id: row.order_id,
      appid: row.appid,
      state: expired ? 'expired' : row.state,
      fee: row.fee === null ? null : Number(row.fee),
      source: row.source,
      type: row.type,
      asked_at: toShanghai(row.asked_at),
      authorized_at: row.authorized_at && toShanghai(row.authorized_at),
      ...(row.state === 'rejected' && row.reason ? { reason: row.reason } : {}),
      ...(title ? { title } : {}),
    };
  }
}

/** Another merchant's account is none of its business, even where its secret is here. */
export function mayActFor(caller: Caller, appid: string): boolean {
  return appid === caller.appid || appid === caller.issuerAppid;
}

export async function accountOf(accounts: Accounts, appid: string): Promise<WechatAccount> {
  const account = await accounts.find(appid);
  if (!account) throw new Problem('account_unknown');
  return account;
}
