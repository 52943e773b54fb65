import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** One event per transition, gap-free per order. Partitioned by month of `at`. */
@Entity('events')
@Index('events_of_reimbursement', { synchronize: false })
export class Event {
  /** The order's id. */
  @PrimaryColumn('uuid', { name: 'merchant_id', primaryKeyConstraintName: 'events_pkey' }) merchantId!: string;
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'events_pkey' }) id!: string;
  @PrimaryColumn('integer', { primaryKeyConstraintName: 'events_pkey' }) seq!: number;
  @PrimaryColumn('timestamptz', { primaryKeyConstraintName: 'events_pkey' }) at!: Date;
  /** The state that was reached. */
  @Column('text') type!: string;
  @Column('jsonb', { default: {} }) data!: Record<string, unknown>;
}
