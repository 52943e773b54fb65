import { Body, Controller, HttpCode, Post, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiExtraModels, ApiOperation, ApiResponse, ApiTags, getSchemaPath } from '@nestjs/swagger';
import { RequestBody } from '../http/body-parser';
import { TakesBody } from '../http/takes';
import { CallerParam, MerchantGuard, NeedsScope } from '../merchants/merchant.guard';
import { ProvenanceView, ReadForm, ReadRequest, ReadView } from './invoice-read.api';
import { Caller } from '../merchants/merchants';
import { InvoiceReader } from './invoice-reader';

@ApiTags('invoices')
@ApiBearerAuth()
@ApiExtraModels(ReadRequest, ReadForm, ProvenanceView)
@UseGuards(MerchantGuard)
@Controller('v1/invoices')
export class InvoiceReadController {
  constructor(private readonly reader: InvoiceReader) {}

  @Post('read')
  @TakesBody({ kinds: ['json', 'form'], files: 1 })
  @HttpCode(200)
  @NeedsScope('invoices:check', 'orders:write')
  @ApiOperation({
    summary: 'What a PDF, OFD or XML says, as an order would carry it, with where each field stands; nothing is stored',
    requestBody: {
      required: true,
      content: {
        'multipart/form-data': { schema: { $ref: getSchemaPath(ReadForm) } },
        'application/json': { schema: { $ref: getSchemaPath(ReadRequest) } },
      },
    },
  })
  @ApiResponse({ status: 200, type: ReadView, description: 'faults: what is doubtful or missing' })
  @ApiResponse({ status: 422, description: 'invalid_request: no file that is read, or a dangerous one' })
  @ApiResponse({ status: 503, description: 'unavailable: too many files are being read; send it again' })
  read(@Body() body: RequestBody | undefined, @CallerParam() { merchantId }: Caller): Promise<ReadView> {
    return this.reader.readFile(body, merchantId);
  }
}
