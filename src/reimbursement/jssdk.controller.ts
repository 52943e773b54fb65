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
import { browserForm, PageSigning, Signed } from './page-signing';

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
    const words = this.obstacle(url);
    if (words) throw new Problem('invalid_request', { faults: [fault('PAGE-URL', '/url', ...words)] });
    return url;
  }

  /** Why this address is not signed; null: it is. A signature for an address that no browser has fits no page. */
  private obstacle(url: string): [zh: string, en: string] | null {
    const form = browserForm(url);
    if (form === null)
      return ['须为 http 或 https 页面地址，且不含 #。', 'Must be an http or https page without a fragment.'];
    if (form !== url) return notAsInBrowser(form);
    if (this.signing.allows(url, true)) return null;
    return ['此页面不在 GATEWAY_URL_ALLOW 之内。', 'The page is not below GATEWAY_URL_ALLOW.'];
  }
}

/** So much of an address is shown. */
const SHOWN = 500;

function notAsInBrowser(form: string): [zh: string, en: string] {
  const shown = form.length > SHOWN ? `${form.slice(0, SHOWN)}…` : form;
  return [
    `浏览器里没有这样的地址，签了也不相符。应为 ${shown}，请在页面上用 location.href.split('#')[0] 取得并原样发送。`,
    `No browser has this address, so its signature would fit no page. It is ${shown}: send location.href.split('#')[0] of the page as it is.`,
  ];
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
