import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A check of the audit trail; `result` is what the API shows of it. */
@Entity('audit_verifications')
@Index('audit_verifications_queued', ['id'], { where: `state = 'queued'` })
@Check('audit_verifications_state', `state IN ('queued', 'done', 'failed')`)
@Check('audit_verifications_ended', `(state = 'queued') = (ended_at IS NULL)`)
@Check('audit_verifications_result', `(state = 'done') = (result IS NOT NULL)`)
export class AuditVerification {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'audit_verifications_pkey' }) id!: string;
  @Column('text', { name: 'requested_by' }) requestedBy!: string;
  @Column('timestamptz', { name: 'requested_at', default: () => 'now()' }) requestedAt!: Date;
  @Column('text', { default: 'queued' }) state!: 'queued' | 'done' | 'failed';
  /** Signed heads from the log. */
  @Column('jsonb', { default: [] }) anchors!: object[];
  @Column('timestamptz', { name: 'ended_at', nullable: true }) endedAt!: Date | null;
  @Column('jsonb', { nullable: true }) result!: object | null;
  @Column('text', { nullable: true }) error!: string | null;
}
