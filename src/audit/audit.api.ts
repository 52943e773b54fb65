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

export class AuditVerificationView {
  intact!: boolean;
  chains!: number;
  rows!: number;
  findings!: AuditFindingView[];
  /** Anchors of a MASTER_KEY that is neither the present one nor one of those before: nothing is concluded from them */
  unverifiable_anchors!: number;
}
