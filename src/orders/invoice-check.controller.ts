import { Body, Controller, HttpCode, Post, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiExtraModels, ApiOperation, ApiResponse, ApiTags, getSchemaPath } from '@nestjs/swagger';
import { hasErrors } from '../domain/fault';
import { RULES_VERSION } from '../domain/rules/catalogue';
import { RequestBody } from '../http/body-parser';
import { TakesBody } from '../http/takes';
import { faultViews } from '../http/fault-views';
import { CallerParam, MerchantGuard, NeedsScope } from '../merchants/merchant.guard';
import { Caller } from '../merchants/merchants';
import { CheckForm, CheckRequest, InvoiceCheckView } from './invoice-check.api';
import { InvoiceCheck } from './invoice-check';

@ApiTags('invoices')
@ApiBearerAuth()
@ApiExtraModels(CheckRequest, CheckForm)
@UseGuards(MerchantGuard)
@Controller('v1/invoices')
export class InvoiceCheckController {
  constructor(private readonly invoices: InvoiceCheck) {}

  @Post('check')
  @TakesBody({ kinds: ['json', 'form'], files: 1 })
  @HttpCode(200)
  @NeedsScope('invoices:check', 'orders:write')
  @ApiOperation({
    summary: 'Every fault of an invoice, before there is an order; nothing is stored',
    requestBody: {
      required: true,
      content: {
        'application/json': { schema: { $ref: getSchemaPath(CheckRequest) } },
        'multipart/form-data': { schema: { $ref: getSchemaPath(CheckForm) } },
      },
    },
  })
  @ApiResponse({
    status: 200,
    type: InvoiceCheckView,
    description: 'valid: no fault is an error; faults of shape are among them',
  })
  @ApiResponse({ status: 400, description: 'malformed_json or malformed_form: nothing could be read' })
  async check(@Body() body: RequestBody | undefined, @CallerParam() caller: Caller): Promise<InvoiceCheckView> {
    const faults = await this.invoices.check(body, caller, Math.floor(Date.now() / 1000));
    return { valid: !hasErrors(faults), rules_version: RULES_VERSION, faults: faultViews(faults) };
  }
}
