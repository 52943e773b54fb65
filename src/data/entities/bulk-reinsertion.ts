import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

export const BULK_STATES = ['awaiting_approval', 'queued', 'running', 'done', 'cancelled', 'failed'] as const;
export type BulkState = (typeof BULK_STATES)[number];
export const BULK_OUTCOMES = ['reinserted', 'skipped'] as const;
export type BulkOutcome = (typeof BULK_OUTCOMES)[number];

/** Many orders begun anew by one decision. */
@Entity('bulk_reinsertions')
@Index('bulk_reinsertions_open', { synchronize: false })
@Check('bulk_reinsertions_state', `state IN ('awaiting_approval', 'queued', 'running', 'done', 'cancelled', 'failed')`)
@Check('bulk_reinsertions_two_people', 'approved_by <> operator')
@Check('bulk_reinsertions_ended', `(state IN ('done', 'cancelled', 'failed')) = (ended_at IS NOT NULL)`)
export class BulkReinsertion {
  @PrimaryColumn('uuid') id!: string;
  /** As it was asked for. */
  @Column('jsonb') filter!: Record<string, unknown>;
  @Column('text') reason!: string;
  @Column('text') operator!: string;
  /** How many they are. */
  @Column('integer') orders!: number;
  @Column('text') state!: BulkState;
  @Column('text', { name: 'approved_by', nullable: true }) approvedBy!: string | null;
  @Column('text', { name: 'approval_reason', nullable: true }) approvalReason!: string | null;
  @Column('timestamptz', { name: 'approved_at', nullable: true }) approvedAt!: Date | null;
  @Column('text', { name: 'cancelled_by', nullable: true }) cancelledBy!: string | null;
  @Column('text', { name: 'cancellation_reason', nullable: true }) cancellationReason!: string | null;
  @Column('integer', { default: 0 }) claims!: number;
  @Column('uuid', { name: 'claimed_by', nullable: true }) claimedBy!: string | null;
  @Column('timestamptz', { name: 'lease_until', nullable: true }) leaseUntil!: Date | null;
  @Column('timestamptz', { name: 'created_at', default: () => 'now()' }) createdAt!: Date;
  @Column('timestamptz', { name: 'started_at', nullable: true }) startedAt!: Date | null;
  @Column('timestamptz', { name: 'ended_at', nullable: true }) endedAt!: Date | null;
}

/** One order of a bulk, as it was when the bulk was asked for, and what became of it. */
@Entity('bulk_reinsertion_orders')
@Index('bulk_reinsertion_orders_open', { synchronize: false })
@Check('bulk_reinsertion_orders_outcome', `outcome IN ('reinserted', 'skipped')`)
@Check('bulk_reinsertion_orders_ended', '(outcome IS NULL) = (ended_at IS NULL)')
@Check(
  'bulk_reinsertion_orders_told',
  `(outcome = 'reinserted') = (reinsertion_id IS NOT NULL) AND (outcome = 'skipped') = (code IS NOT NULL)`,
)
export class BulkReinsertionOrder {
  @PrimaryColumn('uuid', { name: 'bulk_id', primaryKeyConstraintName: 'bulk_reinsertion_orders_pkey' }) bulkId!: string;
  @PrimaryColumn('integer', { primaryKeyConstraintName: 'bulk_reinsertion_orders_pkey' }) n!: number;
  @Column('uuid', { name: 'merchant_id' }) merchantId!: string;
  @Column('uuid', { name: 'order_uuid' }) orderUuid!: string;
  /** Its latest event then: what has changed since is left alone. */
  @Column('integer') version!: number;
  @Column('text', { nullable: true }) outcome!: BulkOutcome | null;
  /** Why it was skipped. */
  @Column('text', { nullable: true }) code!: string | null;
  @Column('uuid', { name: 'reinsertion_id', nullable: true }) reinsertionId!: string | null;
  @Column('timestamptz', { name: 'ended_at', nullable: true }) endedAt!: Date | null;
}
