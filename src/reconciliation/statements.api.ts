import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, IsString, Matches, Max, MaxLength, Min, MinLength } from 'class-validator';
import { STATEMENT_STATES, StatementState } from '../data/entities/reconciliation';
import { ORDER_ID } from '../orders/orders.api';

const INVOICE_NUMBER = /^(\d{8}|\d{20})$/;

/** What a merchant says of one order: a line of NDJSON, or of CSV with these names in its first line. */
export class StatementEntry {
  @ApiProperty({ pattern: ORDER_ID.source })
  @IsString()
  @Matches(ORDER_ID)
  order_id!: string;
  /** Absent: the merchant's */
  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(64)
  appid?: string;
  /** Absent: not compared */
  @ApiProperty({ required: false, pattern: INVOICE_NUMBER.source })
  @IsOptional()
  @IsString()
  @Matches(INVOICE_NUMBER)
  invoice_number?: string;
  /** 分; absent: not compared */
  @ApiProperty({ required: false, type: 'integer', format: 'fen', minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  fee?: number;
  /** issued (where absent): the invoice is valid; inserted: the card is in the wallet; cancelled: 冲红 */
  @ApiProperty({ required: false, enum: STATEMENT_STATES })
  @IsOptional()
  @IsIn(STATEMENT_STATES)
  state?: StatementState;
}
