import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { safeInteger } from '../columns';

export type RunState = 'queued' | 'running' | 'done' | 'failed';
/** What began it: its time, a person, or a merchant's statement. */
export type RunSource = 'schedule' | 'person' | 'statement';

/** One reconciliation, of all merchants or one. `step` and `place` say how far it came: a killed run goes on there. */
@Entity('reconciliation_runs')
@Index('reconciliation_runs_one_a_time', { synchronize: false })
@Index('reconciliation_runs_open', { synchronize: false })
@Check('reconciliation_runs_source', `source IN ('schedule', 'person', 'statement')`)
@Check(
  'reconciliation_runs_statement',
  `
          (source = 'statement') = (statement_sha256 IS NOT NULL AND statement_lines IS NOT NULL)`,
)
@Check('reconciliation_runs_state', `state IN ('queued', 'running', 'done', 'failed')`)
export class ReconciliationRun {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid', { name: 'merchant_id', nullable: true }) merchantId!: string | null;
  @Column('text') source!: RunSource;
  @Column('text', { name: 'requested_by' }) requestedBy!: string;
  @Column('timestamptz', { name: 'scheduled_for', nullable: true }) scheduledFor!: Date | null;
  /** Orders accepted from here … */
  @Column('timestamptz', { name: 'from_at', nullable: true }) fromAt!: Date | null;
  /** … to here, exclusive. */
  @Column('timestamptz', { name: 'to_at', nullable: true }) toAt!: Date | null;
  /** Of the statement's bytes. */
  @Column('bytea', { name: 'statement_sha256', nullable: true }) statementSha256!: Buffer | null;
  @Column('integer', { name: 'statement_lines', nullable: true }) statementLines!: number | null;
  @Column('text', { default: 'queued' }) state!: RunState;
  @Column('integer', { default: 0 }) step!: number;
  @Column('jsonb', { nullable: true }) place!: unknown;
  @Column('jsonb', { default: {} }) counts!: Record<string, number>;
  @Column('integer', { default: 0 }) claims!: number;
  @Column('uuid', { name: 'claimed_by', nullable: true }) claimedBy!: string | null;
  @Column('timestamptz', { name: 'lease_until', nullable: true }) leaseUntil!: Date | null;
  @Column('text', { nullable: true }) error!: string | null;
  @Column('timestamptz', { name: 'created_at', default: () => 'now()' }) createdAt!: Date;
  @Column('timestamptz', { name: 'started_at', nullable: true }) startedAt!: Date | null;
  @Column('timestamptz', { name: 'ended_at', nullable: true }) endedAt!: Date | null;
}

export const STATEMENT_STATES = ['issued', 'inserted', 'cancelled'] as const;
/** Its invoice is valid · its card is in the wallet · its invoice was cancelled (冲红). */
export type StatementState = (typeof STATEMENT_STATES)[number];

/** What a merchant says of one order; kept while the run compares. */
@Entity('statement_lines')
@Check('statement_lines_state', `state IN ('issued', 'inserted', 'cancelled')`)
export class StatementLine {
  @PrimaryColumn('uuid', { name: 'run_id', primaryKeyConstraintName: 'statement_lines_pkey' }) runId!: string;
  @PrimaryColumn('text', { primaryKeyConstraintName: 'statement_lines_pkey' }) appid!: string;
  @PrimaryColumn('text', { name: 'order_id', primaryKeyConstraintName: 'statement_lines_pkey' }) orderId!: string;
  /** Where it stands in the file, from 1. */
  @Column('integer') line!: number;
  @Column('text', { name: 'invoice_number', nullable: true }) invoiceNumber!: string | null;
  /** 分 */
  @Column('bigint', { nullable: true, transformer: safeInteger }) fee!: number | null;
  @Column('text') state!: StatementState;
}

export const FINDING_CLASSES = [
  'missing',
  'extra',
  'amount',
  'number',
  'state',
  'code_unknown',
  'aged',
  'taken',
] as const;
export type FindingClass = (typeof FINDING_CLASSES)[number];
/** open · accepted: a person lets it be · resolved: a person says it is settled · gone: it no longer holds. */
export const FINDING_STATES = ['open', 'accepted', 'resolved', 'gone'] as const;
export type FindingState = (typeof FINDING_STATES)[number];
/** Whose word stands against our ledger: its own age, WeChat's, the merchant's statement, or an order as it was posted. */
export const FINDING_SOURCES = ['ledger', 'wechat', 'statement', 'orders'] as const;
export type FindingSource = (typeof FINDING_SOURCES)[number];

/** A difference. It is opened once, seen again by each run while it holds, and never edited away. */
@Entity('findings')
@Index('findings_opened_once', { synchronize: false })
@Index('findings_by_run', ['seenBy', 'id'])
@Index('findings_by_order', { synchronize: false })
@Check('findings_source', `source IN ('ledger', 'wechat', 'statement', 'orders')`)
@Check(
  'findings_class',
  `
          class IN ('missing', 'extra', 'amount', 'number', 'state', 'code_unknown', 'aged', 'taken')`,
)
@Check('findings_state', `state IN ('open', 'accepted', 'resolved', 'gone')`)
export class Finding {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid', { name: 'merchant_id' }) merchantId!: string;
  @Column('text') source!: FindingSource;
  @Column('text') class!: FindingClass;
  /** What it is about, once among those that hold: an order's id; of a missing one, `appid/order_id`. */
  @Column('text') subject!: string;
  @Column('uuid', { name: 'order_uuid', nullable: true }) orderUuid!: string | null;
  @Column('text', { name: 'order_id' }) orderId!: string;
  /** When the order was accepted; of a missing one, where its statement begins. */
  @Column('timestamptz', { name: 'order_at' }) orderAt!: Date;
  /** {ours, theirs}: never personal data. */
  @Column('jsonb') facts!: { ours: Record<string, unknown> | null; theirs: Record<string, unknown> | null };
  /** Since when the difference has been there, as far as is known. */
  @Column('timestamptz') since!: Date;
  @Column('text', { default: 'open' }) state!: FindingState;
  @Column('timestamptz', { name: 'opened_at', default: () => 'clock_timestamp()' }) openedAt!: Date;
  @Column('uuid', { name: 'opened_by' }) openedBy!: string;
  @Column('timestamptz', { name: 'seen_at', default: () => 'clock_timestamp()' }) seenAt!: Date;
  @Column('uuid', { name: 'seen_by' }) seenBy!: string;
  @Column('timestamptz', { name: 'decided_at', nullable: true }) decidedAt!: Date | null;
  @Column('text', { name: 'decided_by', nullable: true }) decidedBy!: string | null;
  @Column('text', { nullable: true }) reason!: string | null;
}

/** What reconciliation spent of an account's daily quota of one of WeChat's calls. Days are Asia/Shanghai. */
@Entity('reconciliation_spending')
@Check('reconciliation_spending_within', 'spent <= allowed')
export class ReconciliationSpending {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'reconciliation_spending_pkey' }) appid!: string;
  @PrimaryColumn('text', { primaryKeyConstraintName: 'reconciliation_spending_pkey' }) api!: string;
  @PrimaryColumn('date', { primaryKeyConstraintName: 'reconciliation_spending_pkey' }) day!: string;
  @Column('integer', { default: 0 }) spent!: number;
  @Column('integer') allowed!: number;
}
