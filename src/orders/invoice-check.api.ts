import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsObject, IsOptional, IsString, Matches, ValidateNested } from 'class-validator';
import { InvoiceRequest } from './invoice.api';
import { FaultView } from './orders.api';

/** An invoice to be checked, as an order would carry it. */
export class CheckRequest {
  @IsObject()
  @ValidateNested()
  @Type(() => InvoiceRequest)
  invoice!: InvoiceRequest;
  /** The invoice's PDF, base64; absent where it is "" */
  @IsOptional()
  @IsString()
  pdf?: string;
  /** The appid of the order that is to follow; default: the merchant's */
  @IsOptional()
  @Matches(/^[0-9A-Za-z_-]{1,64}$/)
  @IsString()
  appid?: string;
}

/** The same as multipart/form-data. */
export class CheckForm {
  /** The invoice's JSON */
  invoice!: InvoiceRequest;
  /** The invoice's PDF */
  @ApiProperty({ type: 'string', format: 'binary', required: false })
  pdf?: unknown;
}

export class InvoiceCheckView {
  /** Whether an order with this invoice would be accepted: no fault is an error */
  valid!: boolean;
  /** The version of the rules */
  rules_version!: string;
  faults!: FaultView[];
}
