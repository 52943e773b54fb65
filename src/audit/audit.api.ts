import { ApiProperty } from '@nestjs/swagger';

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
  /** edited, removed, reordered, added, head_missing, anchor_forged */
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
