import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** The wish to cancel an order's card (冲红), written down before WeChat is told. */
@Entity('cancellations')
@Index('cancellations_due', { synchronize: false })
@Check('cancellations_state', `state IN ('pending', 'done', 'refused')`)
@Check('cancellations_pending', `(state = 'pending') = (due_at IS NOT NULL)`)
export class Cancellation {
  @PrimaryColumn('uuid', { name: 'merchant_id', primaryKeyConstraintName: 'cancellations_pkey' }) merchantId!: string;
  /** The order's id. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'cancellations_pkey' }) id!: string;
  @Column('text') state!: 'pending' | 'done' | 'refused';
  @Column('text', { name: 'requested_by' }) requestedBy!: string;
  @Column('text', { nullable: true }) reason!: string | null;
  @Column('timestamptz', { name: 'requested_at', default: () => 'now()' }) requestedAt!: Date;
  @Column('integer', { default: 0 }) calls!: number;
  /** When WeChat is told again; while somebody is telling it, when his turn ends. */
  @Column('timestamptz', { name: 'due_at', nullable: true }) dueAt!: Date | null;
  @Column('integer', { nullable: true }) errcode!: number | null;
  @Column('text', { nullable: true }) errmsg!: string | null;
  @Column('timestamptz', { name: 'ended_at', nullable: true }) endedAt!: Date | null;
}
