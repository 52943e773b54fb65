import { Body, Controller, Headers, HttpCode, Param, Post, UseGuards, UseInterceptors } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiExtraModels,
  ApiHeader,
  ApiOperation,
  ApiResponse,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import { Operator } from '../data/entities/operator';
import { fault } from '../domain/fault';
import { RequestBody } from '../http/body-parser';
import { TakesBody } from '../http/takes';
import { Idempotent, NewId } from '../http/idempotency';
import { Problem } from '../http/problems';
import { isUuid } from '../http/query';
import { SchemaChecks } from '../http/schema-check';
import { readBody } from './merchants.controller';
import { NeedsRole, OperatorGuard, OperatorParam } from './operator.guard';
import { Act } from './act';
import {
  ReinsertionForm,
  ReinsertionRequest,
  ReinsertionView,
  ResolutionRequest,
  ResolutionView,
} from './order-acts.api';
import { reinsertionView, resolutionView } from './order-acts.view';
import { ReinsertionForms } from './reinsertion-forms';
import { Reinsertions } from './reinsertions';
import { Resolutions } from './resolutions';

const IF_MATCH = {
  name: 'if-match',
  required: false,
  description: 'the `version` of the order you looked at; 412 when it has changed since',
};

@ApiTags('admin')
@ApiExtraModels(ReinsertionRequest, ReinsertionForm)
@ApiBearerAuth()
@UseGuards(OperatorGuard)
@Controller('v1/admin/orders/:id')
export class OrderActsController {
  constructor(
    private readonly reinsertions: Reinsertions,
    private readonly resolutions: Resolutions,
    private readonly checks: SchemaChecks,
  ) {}

  @Post('reinsertions')
  @TakesBody({ kinds: ['json', 'form'], files: 2 })
  @HttpCode(201)
  @NeedsRole('operator')
  @Idempotent()
  @ApiHeader(IF_MATCH)
  @UseInterceptors(ReinsertionForms)
  @ApiOperation({
    summary: 'Begin an order anew that was refused, or that waits for a person without a doubt; perhaps with changes',
    requestBody: {
      required: true,
      content: {
        'application/json': { schema: { $ref: getSchemaPath(ReinsertionRequest) } },
        'multipart/form-data': { schema: { $ref: getSchemaPath(ReinsertionForm) } },
      },
    },
  })
  @ApiResponse({ status: 201, type: ReinsertionView })
  @ApiResponse({
    status: 409,
    description:
      'order_inserted, order_in_doubt, order_content_kept, order_under_way, order_ended, invoice_taken, order_replaced',
  })
  @ApiResponse({ status: 412, description: 'order_changed' })
  async reinsert(
    @Param('id') orderUuid: string,
    @Body() body: RequestBody | undefined,
    @OperatorParam() operator: Operator,
    @NewId() id: string,
    @Headers('if-match') seen?: string,
  ): Promise<ReinsertionView> {
    const request = readBody<ReinsertionRequest>(body, this.checks, ReinsertionRequest.name);
    return reinsertionView(await this.reinsertions.reinsert(actOf(orderUuid, operator, id, seen), request));
  }

  @Post('resolutions')
  @HttpCode(201)
  @NeedsRole('operator')
  @Idempotent()
  @ApiHeader(IF_MATCH)
  @ApiOperation({
    summary: 'Settle a doubt by what people know; confirm_not_inserted takes two people, the second an approver',
  })
  @ApiBody({ type: ResolutionRequest })
  @ApiResponse({ status: 201, type: ResolutionView })
  @ApiResponse({
    status: 409,
    description:
      'order_not_in_doubt, order_under_way, order_inserted, card_code_in_use, second_person_needed, second_person_dependent, quiet_period, evidence_of_card',
  })
  async resolve(
    @Param('id') orderUuid: string,
    @Body() body: RequestBody | undefined,
    @OperatorParam() operator: Operator,
    @NewId() id: string,
    @Headers('if-match') seen?: string,
  ): Promise<ResolutionView> {
    const request = readBody<ResolutionRequest>(body, this.checks, ResolutionRequest.name);
    if (request.card_code !== undefined && request.kind !== 'confirm_inserted') {
      const zh = '只有 confirm_inserted 才带 card_code。';
      const en = 'card_code goes with confirm_inserted only.';
      throw new Problem('invalid_request', { faults: [fault('FIELD-VALUE', '/card_code', zh, en)] });
    }
    return resolutionView(await this.resolutions.resolve(actOf(orderUuid, operator, id, seen), request));
  }
}

function actOf(orderUuid: string, operator: Operator, id: string, seen: string | undefined): Act {
  if (!isUuid(orderUuid)) throw new Problem('not_found');
  const version = seen === undefined ? null : Number(/^(?:W\/)?"?(\d{1,9})"?$/.exec(seen)?.[1] ?? NaN);
  if (Number.isNaN(version)) throw new Problem('order_changed');
  return { orderUuid, operator, id, seen: version };
}
