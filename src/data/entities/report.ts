import { Check, Column, Entity, Index, ManyToOne, JoinColumn, PrimaryColumn, Unique } from 'typeorm';

export const REPORT_STATES = ['queued', 'done', 'failed'] as const;
export type ReportState = (typeof REPORT_STATES)[number];

/** Which day an order counts for: that of its acceptance, or the one that its invoice bears. */
export const REPORT_DATINGS = ['accepted', 'issued'] as const;
export type ReportDating = (typeof REPORT_DATINGS)[number];

/** Orders, and the sums of their invoices in 分: with tax, without, and the tax. Reports of old lack the last two. */
export interface Sum {
  count: number;
  fee: number;
  net?: number;
  tax?: number;
}

/** issued = inserted + open + refused + cancelled. */
export const REPORT_LINES = ['issued', 'inserted', 'open', 'refused', 'cancelled'] as const;
export type ReportSummary = Record<(typeof REPORT_LINES)[number], Sum> & { drift: number };

export interface ReportFile {
  name: string;
  bytes: number;
  /** Hexadecimal. */
  sha256: string;
}

/** One merchant's day, week or month (Asia/Shanghai) as it stood at `asOf`; what is done is never changed. */
@Entity('reports')
@Unique('reports_once_a_run', ['runId', 'merchantId', 'day'])
@Index('reports_queued', ['id'], { where: `state = 'queued'` })
@Index('reports_by_day', ['merchantId', 'day', 'id'])
@Check('reports_state', `state IN ('queued', 'done', 'failed')`)
@Check('reports_done', `(state = 'done') = (as_of IS NOT NULL AND summary IS NOT NULL AND files IS NOT NULL)`)
@Check('reports_dated_by', `dated_by IN ('accepted', 'issued')`)
@Check('reports_period', 'last_day >= day')
export class Report {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid', { name: 'merchant_id' }) merchantId!: string;
  @Column('date') day!: string;
  /** Null: it is of one day. */
  @Column('date', { name: 'last_day', nullable: true }) lastDay!: string | null;
  @Column('text', { name: 'dated_by', default: 'accepted' }) datedBy!: ReportDating;
  @Column('text', { name: 'requested_by' }) requestedBy!: string;
  /** The scheduled reconciliation that it belongs to. */
  @Column('uuid', { name: 'run_id', nullable: true }) runId!: string | null;
  @Column('timestamptz', { name: 'requested_at', default: () => 'now()' }) requestedAt!: Date;
  @Column('text', { default: 'queued' }) state!: ReportState;
  @Column('integer', { default: 0 }) tries!: number;
  @Column('text', { nullable: true }) error!: string | null;
  @Column('timestamptz', { name: 'as_of', nullable: true }) asOf!: Date | null;
  @Column('jsonb', { nullable: true }) summary!: ReportSummary | null;
  @Column('jsonb', { nullable: true }) files!: ReportFile[] | null;
}

/** The bytes of a report's file, in the order of `n`. */
@Entity('report_parts')
export class ReportPart {
  @PrimaryColumn('uuid', { name: 'report_id', primaryKeyConstraintName: 'report_parts_pkey' }) reportId!: string;
  @ManyToOne(() => Report)
  @JoinColumn({ name: 'report_id', foreignKeyConstraintName: 'report_parts_report_id_fkey' })
  report!: Report;
  @PrimaryColumn('text', { primaryKeyConstraintName: 'report_parts_pkey' }) file!: string;
  @PrimaryColumn('integer', { primaryKeyConstraintName: 'report_parts_pkey' }) n!: number;
  @Column('bytea') body!: Buffer;
}
