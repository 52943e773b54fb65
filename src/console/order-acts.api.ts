import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsObject, IsOptional, IsString, MaxLength, MinLength, ValidateNested } from 'class-validator';
import { OrderChanges } from '../orders/order-changes.api';

export const RESOLUTION_KINDS = ['confirm_inserted', 'confirm_not_inserted', 'abandon'] as const;
export type ResolutionKind = (typeof RESOLUTION_KINDS)[number];

/** Begin a refused order anew, or one that waits for a person without a doubt. */
export class ReinsertionRequest {
  /** Why; kept in the audit trail. No personal data */
  @IsString()
  @MinLength(1)
  @MaxLength(500)
  reason!: string;
  /** What the order is to say instead, judged as if it were posted today; never after a doubt */
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => OrderChanges)
  changes?: OrderChanges;
}

/** The same as multipart/form-data: its files travel as they are. */
export class ReinsertionForm {
  /** The JSON, without files */
  reinsertion!: ReinsertionRequest;
  @ApiProperty({ type: 'string', format: 'binary', required: false })
  pdf?: unknown;
  @ApiProperty({ type: 'string', format: 'binary', required: false })
  trip_pdf?: unknown;
}

export class ReinsertionView {
  id!: string;
  operator!: string;
  reason!: string;
  /** The revision of the order that its changes made; null: it says what it said */
  @ApiProperty({ type: 'integer', nullable: true })
  revision!: number | null;
  created_at!: string;
}

export class ReinsertionList {
  items!: ReinsertionView[];
}

/** What a person knows about an order that evidence alone could not settle. */
export class ResolutionRequest {
  /** confirm_inserted: the card was seen; confirm_not_inserted: two people are sure that there is none; abandon: give up */
  @IsIn(RESOLUTION_KINDS)
  kind!: ResolutionKind;
  /** Why; kept in the audit trail. No personal data */
  @IsString()
  @MinLength(1)
  @MaxLength(500)
  reason!: string;
  /** What it rests on, e.g. “screenshot in ticket 4711”. No personal data */
  @IsOptional()
  @IsString()
  @MaxLength(500)
  evidence?: string;
  /** The card’s code, where somebody has read it (confirm_inserted only) */
  @ApiProperty({ required: false, pattern: '^[0-9]{6,20}$' })
  @IsOptional()
  @IsString()
  card_code?: string;
}

export class ResolutionView {
  id!: string;
  @ApiProperty({ enum: RESOLUTION_KINDS })
  kind!: ResolutionKind;
  /** pending: a second person must send the same request */
  @ApiProperty({ enum: ['pending', 'settled'] })
  state!: 'pending' | 'settled';
  operator!: string;
  reason!: string;
  second_operator!: string | null;
  second_reason!: string | null;
  created_at!: string;
  settled_at!: string | null;
}

export class ResolutionList {
  items!: ResolutionView[];
}
