import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { UUID } from '../http/patterns';

const SHA256 = /^[0-9a-f]{64}$/;

/** An act of a person or a key. */
export class AuditView {
  /** null: of the installation */
  merchant_id!: string | null;
  /** Number in its chain */
  seq!: number;
  at!: string;
  actor!: string;
  action!: string;
  object!: string;
  reason!: string | null;
  data!: Record<string, unknown>;
  sha256!: string;
}

export class AuditPage {
  items!: AuditView[];
  next_cursor!: string | null;
  has_more!: boolean;
}

export class AuditFindingView {
  /** null: the chain of the installation */
  merchant_id!: string | null;
  seq!: number;
  /** edited, removed, reordered, added, head_missing, anchor_forged, anchor_removed */
  kind!: string;
  /** The number under which a reordered row was written */
  was?: number;
}

/** What a check of the audit trail found. */
export class AuditVerificationView {
  intact!: boolean;
  chains!: number;
  rows!: number;
  findings!: AuditFindingView[];
  /** More findings than are told */
  findings_left_out!: number;
  /** Anchors of a MASTER_KEY that is neither the present one nor one of those before: nothing is concluded from them */
  unverifiable_anchors!: number;
}

export class LatestVerificationView extends AuditVerificationView {
  verified_at!: string;
}

/** A signed head of a chain, as the service has logged it (`audit anchor`). */
export class LoggedAnchorRequest {
  /** The merchant's uuid; all zeros: the installation */
  @ApiProperty({ pattern: UUID.source })
  @Matches(UUID)
  chain!: string;
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  seq!: number;
  @ApiProperty({ pattern: SHA256.source })
  @Matches(SHA256)
  sha256!: string;
  @ApiProperty({ pattern: SHA256.source })
  @Matches(SHA256)
  signature!: string;
  @IsOptional()
  @IsString()
  @MaxLength(64)
  key_id?: string;
}

/** What the audit trail is to be held against beside what the database has. */
export class VerificationRequest {
  /** The latest of each chain vouches for all before it */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(1000)
  @ValidateNested({ each: true })
  @Type(() => LoggedAnchorRequest)
  anchors?: LoggedAnchorRequest[];
}

/** A check of the audit trail that was asked for. */
export class VerificationRunView {
  id!: string;
  @ApiProperty({ enum: ['queued', 'done', 'failed'] })
  state!: 'queued' | 'done' | 'failed';
  requested_by!: string;
  requested_at!: string;
  ended_at!: string | null;
  /** Once it is done */
  result!: AuditVerificationView | null;
  /** Why it failed */
  error!: string | null;
}
