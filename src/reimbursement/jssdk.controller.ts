import { Body, Controller, Header, HttpCode, Post, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Accounts } from '../accounts/accounts';
import { fault } from '../domain/fault';
import { RequestBody } from '../http/body-parser';
import { Problem } from '../http/problems';
import { SchemaChecks } from '../http/schema-check';
import { CallerParam, MerchantGuard, NeedsScope } from '../merchants/merchant.guard';
import { Caller } from '../merchants/merchants';
import { ChooseInvoiceConfigView, ChooseInvoiceRequest } from './jssdk.api';
import { isPage, PageSigning, Signed } from './page-signing';

/** For pages that let users choose invoices from their wallet. The tickets that sign stay here. */
@ApiTags('reimbursements')
@ApiBearerAuth()
@UseGuards(MerchantGuard)
@Controller('v1/jssdk')
export class JssdkController {
  constructor(
    private readonly accounts: Accounts,
    private readonly signing: PageSigning,
    private readonly checks: SchemaChecks,
  ) {}

  @Post('choose-invoice-config')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @NeedsScope('reimbursements:read')
  @ApiOperation({ summary: 'What a page needs to open the wallet: wx.config and chooseInvoice, both signed' })
  @ApiBody({ type: ChooseInvoiceRequest })
  @ApiResponse({ status: 200, type: ChooseInvoiceConfigView })
  async chooseInvoice(
    @Body() body: RequestBody | undefined,
    @CallerParam() caller: Caller,
  ): Promise<ChooseInvoiceConfigView> {
    const url = this.read(body);
    const account = await this.accounts.reimburser(caller.issuerAppid);
    const page = signedOrProblem(await this.signing.page(account, url));
    const choose_invoice = signedOrProblem(await this.signing.chooseInvoice(account));
    const { appid: appId, timestamp, nonce: nonceStr, signature } = page;
    return {
      config: { beta: true, debug: false, appId, timestamp, nonceStr, signature, jsApiList: ['chooseInvoice'] },
      choose_invoice,
    };
  }

  private read(body: RequestBody | undefined): string {
    if (body?.kind !== 'json') throw new Problem('unsupported_media_type');
    const faults = this.checks.faults(ChooseInvoiceRequest.name, body.value);
    if (faults.length > 0) throw new Problem('invalid_request', { faults });
    const { url } = body.value as ChooseInvoiceRequest;
    const words: [string, string] | null = !isPage(url)
      ? ['须为 http 或 https 页面地址，且不含 #。', 'Must be an http or https page without a fragment.']
      : this.signing.allows(url, true)
        ? null
        : ['此页面不在 GATEWAY_URL_ALLOW 之内。', 'The page is not below GATEWAY_URL_ALLOW.'];
    if (words) throw new Problem('invalid_request', { faults: [fault('PAGE-URL', '/url', ...words)] });
    return url;
  }
}

function signedOrProblem<T>(result: Signed<T>): T {
  if (!('outcome' in result)) return result.signed;
  const { outcome } = result;
  const reason = 'reason' in outcome ? outcome.reason : outcome.kind;
  const said = outcome.kind === 'held' && outcome.errcode !== null ? outcome : null;
  throw new Problem('wechat_unavailable', {
    detail: [`原因：${reason}。`, `Reason: ${reason}.`],
    ...(said ? { wechat: { errcode: said.errcode as number, errmsg: said.errmsg ?? '' } } : {}),
  });
}
