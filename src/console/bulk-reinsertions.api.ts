import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateNested,
} from 'class-validator';
import { BULK_OUTCOMES, BULK_STATES, BulkOutcome, BulkState } from '../data/entities/bulk-reinsertion';
import { INSERTION_STATES, InsertionState } from '../domain/insertion';
import { UUID } from '../http/patterns';

/** Which of the orders that may be begun anew: those refused, and those that wait for a person without a doubt. */
export class BulkFilter {
  /** A merchant’s id */
  @ApiProperty({ required: false, pattern: UUID.source })
  @IsOptional()
  @IsString()
  merchant?: string;
  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(64)
  appid?: string;
  @IsOptional()
  @IsIn(['refused', 'needs_human'])
  state?: 'refused' | 'needs_human';
  /** As `insertion.reason` says, e.g. wechat_72031 */
  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(100)
  reason?: string;
  /** Answered to one of its attempts */
  @ApiProperty({ required: false, type: 'integer', minimum: -2147483648, maximum: 2147483647 })
  @IsOptional()
  @IsInt()
  @Min(-2147483648)
  @Max(2147483647)
  errcode?: number;
  /** WeChat’s reference, given with one of its attempts */
  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(200)
  hint?: string;
  /** RFC 3339 with offset, or a date (00:00 +08:00) */
  @IsOptional()
  @IsString()
  @MaxLength(40)
  created_from?: string;
  /** Exclusive */
  @IsOptional()
  @IsString()
  @MaxLength(40)
  created_to?: string;
}

export class BulkRequest {
  @IsObject()
  @ValidateNested()
  @Type(() => BulkFilter)
  filter!: BulkFilter;
  /** Why; kept in the audit trail. No personal data */
  @IsString()
  @MinLength(1)
  @MaxLength(500)
  reason!: string;
  /** true: only say how many they are; nothing is begun */
  @IsBoolean()
  dry_run!: boolean;
}

export class BulkDecision {
  /** Why; kept in the audit trail. No personal data */
  @IsString()
  @MinLength(1)
  @MaxLength(500)
  reason!: string;
}

export class BulkGroup {
  state!: string;
  @ApiProperty({ type: 'string', nullable: true })
  reason!: string | null;
  orders!: number;
}

/** What a bulk would begin. */
export class BulkPreview {
  dry_run!: true;
  orders!: number;
  /** More than this are not taken at once */
  most!: number;
  /** Above this a second person must agree */
  alone!: number;
  needs_approval!: boolean;
  by_reason!: BulkGroup[];
}

export class BulkAct {
  operator!: string;
  @ApiProperty({ type: 'string', nullable: true })
  reason!: string | null;
}

export class BulkCounts {
  pending!: number;
  reinserted!: number;
  /** Changed since, or not applicable any more: see its orders */
  skipped!: number;
}

export class BulkView {
  id!: string;
  @ApiProperty({ enum: BULK_STATES })
  state!: BulkState;
  @ApiProperty({ type: 'object', additionalProperties: true })
  filter!: Record<string, unknown>;
  reason!: string;
  operator!: string;
  orders!: number;
  counts!: BulkCounts;
  @ApiProperty({ type: BulkAct, nullable: true })
  approval!: BulkAct | null;
  @ApiProperty({ type: BulkAct, nullable: true })
  cancellation!: BulkAct | null;
  created_at!: string;
  started_at!: string | null;
  ended_at!: string | null;
}

/** A bulk, and what has become of its orders since. */
export class BulkStory extends BulkView {
  /** How many of its orders stand in which state now */
  @ApiProperty({ type: 'object', additionalProperties: { type: 'integer' } })
  states!: Record<string, number>;
}

export class BulkPage {
  items!: BulkView[];
  next_cursor!: string | null;
  has_more!: boolean;
}

/** What became of one order. */
export class BulkOrderView {
  n!: number;
  /** The order’s uuid */
  order!: string;
  order_id!: string;
  merchant_id!: string;
  @ApiProperty({ enum: ['pending', ...BULK_OUTCOMES] })
  outcome!: 'pending' | BulkOutcome;
  reinsertion_id!: string | null;
  /** Why it was skipped: the code of the problem a single reinsertion would have answered */
  code!: string | null;
  message!: string | null;
  message_en!: string | null;
  ended_at!: string | null;
  /** How the order stands now, and why */
  @ApiProperty({ enum: INSERTION_STATES })
  state!: InsertionState;
  @ApiProperty({ type: 'string', nullable: true })
  reason!: string | null;
}

export class BulkOrderPage {
  items!: BulkOrderView[];
  next_cursor!: string | null;
  has_more!: boolean;
}
