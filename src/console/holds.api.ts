import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, MaxLength, MinLength } from 'class-validator';
import { UUID } from '../http/patterns';

/** A pause made by a person. */
export class HoldRequest {
  @IsIn(['account', 'merchant'])
  scope!: 'account' | 'merchant';
  /** The account, where scope is account */
  @IsOptional()
  @IsString()
  @MaxLength(64)
  appid?: string;
  /** The merchant, where scope is merchant */
  @ApiProperty({ required: false, pattern: UUID.source })
  @IsOptional()
  @IsString()
  merchant_id?: string;
  /** Why; kept in the audit trail */
  @IsString()
  @MinLength(1)
  @MaxLength(500)
  reason!: string;
  /** RFC 3339 with offset; absent: until it is lifted */
  @IsOptional()
  @IsString()
  @MaxLength(40)
  until?: string;
}

export class HoldView {
  id!: string;
  scope!: 'account' | 'merchant';
  appid!: string | null;
  merchant_id!: string | null;
  /** WeChat's answer that caused it; null when a person made it */
  errcode!: number | null;
  errmsg!: string | null;
  reason!: string;
  /** When it ends by itself; null: when a canary comes through, or somebody lifts it */
  until!: string | null;
  /** When the next order is let through to see whether the cause is gone */
  next_canary_at!: string | null;
  created_at!: string;
  /** What to do about it, 简体中文 */
  advice!: string;
  advice_en!: string;
}

export class HoldPage {
  items!: HoldView[];
  next_cursor!: string | null;
  has_more!: boolean;
}
