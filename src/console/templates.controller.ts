import { Body, Controller, Get, Param, Post, Res, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { FastifyReply } from 'fastify';
import { Accounts, WechatAccount } from '../accounts/accounts';
import { Templates } from '../accounts/templates';
import { TemplateList, TemplateRequest, TemplateResolution, TemplateView } from '../accounts/templates.api';
import { problemOf } from '../accounts/verdict-problem';
import { audit } from '../audit/audit';
import { Operator } from '../data/entities/operator';
import { Template } from '../data/entities/template';
import { Also } from '../data/together';
import { fault } from '../domain/fault';
import { toShanghai } from '../domain/shanghai';
import { AsksWechat } from '../http/asks-wechat';
import { RequestBody } from '../http/body-parser';
import { Problem } from '../http/problems';
import { SchemaChecks } from '../http/schema-check';
import { act, readBody } from './admin-body';
import { NeedsRole, OperatorGuard, OperatorParam } from './operator.guard';
import { UUID } from '../http/patterns';

@ApiTags('admin')
@ApiBearerAuth()
@UseGuards(OperatorGuard)
@Controller('v1/admin/templates')
export class TemplatesController {
  constructor(
    private readonly templates: Templates,
    private readonly accounts: Accounts,
    private readonly checks: SchemaChecks,
  ) {}

  @Get()
  @NeedsRole('viewer')
  @ApiOperation({ summary: 'Card templates, newest first' })
  @ApiResponse({ status: 200, type: TemplateList })
  async list(): Promise<TemplateList> {
    return { items: (await this.templates.list()).map(viewOf) };
  }

  @Post()
  @NeedsRole('administrator')
  @ApiOperation({ summary: 'Make the template of a payee and type, once; repeating it is safe' })
  @ApiBody({ type: TemplateRequest })
  @ApiResponse({ status: 201, type: TemplateView })
  @ApiResponse({ status: 200, type: TemplateView, description: 'It is there already' })
  @ApiResponse({ status: 409, description: 'template_unclear: WeChat’s answer to an earlier try was lost' })
  @AsksWechat()
  async create(
    @Body() body: RequestBody | undefined,
    @OperatorParam() operator: Operator,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TemplateView> {
    const { appid, payee, type, ...words } = readBody(body, this.checks, TemplateRequest);
    const issuer = await this.issuer(appid);
    const draft = { payee, type, words: { ...words } };
    const { result, template, verdict } = await this.templates.create(
      issuer,
      draft,
      (id) => (client) => audit(client, act(operator, 'template.asked', id, { payee, type })),
    );
    if (template.state === 'unclear' || template.state === 'creating') throw new Problem('template_unclear');
    if (verdict && verdict.kind !== 'done') throw problemOf(verdict);
    void reply.status(result === 'made' ? 201 : 200);
    return viewOf(template);
  }

  @Post(':id/resolutions')
  @NeedsRole('administrator')
  @ApiOperation({ summary: 'Settle a template whose making is unclear, after looking in WeChat’s console' })
  @ApiBody({ type: TemplateResolution })
  @ApiResponse({ status: 201, type: TemplateView })
  async settle(
    @Param('id') id: string,
    @Body() body: RequestBody | undefined,
    @OperatorParam() operator: Operator,
  ): Promise<TemplateView> {
    const { kind, card_id: cardId, reason } = readBody(body, this.checks, TemplateResolution);
    if ((kind === 'made') !== (cardId !== undefined)) {
      const [zh, en] = ['kind=made 时须给出 card_id，否则不用。', 'Goes with kind made, and only with it.'];
      throw new Problem('invalid_request', { faults: [fault('FIELD-VALUE', '/card_id', zh, en)] });
    }
    const also: Also = (client) => audit(client, act(operator, 'template.settled', id, { kind, reason }));
    const settled = UUID.test(id) ? await this.templates.settle(id, cardId ?? null, also) : null;
    if (!settled) throw new Problem('not_found');
    return viewOf(settled);
  }

  private async issuer(appid: string | undefined): Promise<WechatAccount> {
    const issuers = (await this.accounts.all()).filter(({ role }) => role === 'issuer');
    const named = appid ?? (issuers.length === 1 ? issuers[0]?.appid : undefined);
    const account = issuers.some((issuer) => issuer.appid === named) ? await this.accounts.find(named as string) : null;
    if (account) return account;
    const [zh, en] = ['请给出开票平台账号的 appid。', 'Name the appid of an issuer.'];
    throw new Problem('invalid_request', { faults: [fault('FIELD-VALUE', '/appid', zh, en)] });
  }
}

function viewOf(template: Template): TemplateView {
  const { id, issuerAppid, payee, type, words, state, cardId, usableAfter, errcode, errmsg, createdAt } = template;
  return {
    id,
    appid: issuerAppid,
    payee,
    type,
    words,
    state,
    card_id: cardId,
    usable_after: usableAfter && toShanghai(usableAfter),
    errcode,
    errmsg,
    created_at: toShanghai(createdAt),
  };
}
