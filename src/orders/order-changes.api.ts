import { ApiProperty, PartialType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsObject, IsOptional, IsString, Matches, MinLength, ValidateNested } from 'class-validator';
import { InvoiceRequest } from './invoice.api';

/** The fields of the invoice that change; one given as "" counts as absent from now on. `items` are given whole. */
export class InvoiceChanges extends PartialType(InvoiceRequest) {}

/** What an order is to say instead; what is left out stays as it is. */
export class OrderChanges {
  /** 卡券模板 */
  @IsOptional()
  @Matches(/^[0-9A-Za-z_-]{1,64}$/)
  @IsString()
  card_id?: string;
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => InvoiceChanges)
  invoice?: InvoiceChanges;
  /** The invoice's new PDF, base64 */
  @IsOptional()
  @IsString()
  @MinLength(1)
  pdf?: string;
  /** The new attachment, base64; null: there is none any more */
  @ApiProperty({ required: false, type: 'string', nullable: true, minLength: 1 })
  @IsOptional()
  trip_pdf?: string | null;
}
