import { ApiProperty } from '@nestjs/swagger';
import { IsOptional, IsString, Matches, MaxLength, MinLength } from 'class-validator';
import {
  FINDING_CLASSES,
  FINDING_SOURCES,
  FINDING_STATES,
  FindingClass,
  FindingSource,
  FindingState,
  RunSource,
  RunState,
} from '../data/entities/reconciliation';
import { UUID } from '../http/patterns';

/** A reconciliation on demand. */
export class ReconciliationRequest {
  /** A merchant's uuid; absent: all */
  @ApiProperty({ required: false, pattern: UUID.source })
  @IsOptional()
  @IsString()
  @Matches(UUID)
  merchant?: string;
  /** Orders accepted from here: RFC 3339 with offset, or a date (00:00 +08:00) */
  @IsOptional()
  @IsString()
  @MaxLength(40)
  from?: string;
  /** To here, exclusive */
  @IsOptional()
  @IsString()
  @MaxLength(40)
  to?: string;
}

export class RunView {
  id!: string;
  merchant!: string | null;
  @ApiProperty({ enum: ['schedule', 'person', 'statement'] })
  source!: RunSource;
  requested_by!: string;
  from!: string | null;
  to!: string | null;
  state!: RunState;
  /** Of the statement's bytes, where a merchant sent one */
  statement_sha256?: string;
  statement_lines?: number;
  /** What was looked at, brought forward, found by class, opened and closed */
  counts!: Record<string, number>;
  error!: string | null;
  created_at!: string;
  started_at!: string | null;
  ended_at!: string | null;
}

/** A run that was begun with a merchant's statement. */
export class StatementRunView extends RunView {
  /** Names of columns of a CSV that nothing was read from */
  ignored_columns!: string[];
}

export class RunPage {
  items!: RunView[];
  /** When the next scheduled run begins */
  next_scheduled_at!: string;
  next_cursor!: string | null;
  has_more!: boolean;
}

/** Whose records differ, and how. */
export class FindingView {
  id!: string;
  /** ledger: by its age; wechat: by what WeChat said; statement: by what the merchant said; orders: by an order as posted */
  @ApiProperty({ enum: FINDING_SOURCES })
  source!: FindingSource;
  @ApiProperty({ enum: FINDING_CLASSES })
  class!: FindingClass;
  @ApiProperty({ enum: FINDING_STATES })
  state!: FindingState;
  merchant!: string;
  order_id!: string;
  /** The order's uuid; null where there is no such order here */
  order!: string | null;
  /** What our ledger says */
  ours!: Record<string, unknown> | null;
  /** What the other side says */
  theirs!: Record<string, unknown> | null;
  explanation!: string;
  explanation_en!: string;
  suggestion!: string;
  suggestion_en!: string;
  /** Since when the difference has been there, as far as is known */
  since!: string;
  age_seconds!: number;
  opened_at!: string;
  seen_at!: string;
  decided_at!: string | null;
  decided_by!: string | null;
  reason!: string | null;
}

export class FindingPage {
  items!: FindingView[];
  next_cursor!: string | null;
  has_more!: boolean;
}

export class RunWithFindings extends RunView {
  /** Those that this run was the latest to see */
  findings!: FindingPage;
}

export class DecisionRequest {
  /** Why; kept in the audit trail */
  @IsString()
  @MinLength(1)
  @MaxLength(500)
  reason!: string;
}
