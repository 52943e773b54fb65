import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** A witness that came outside an attempt: an answer after its lease was lost, an event, a person. */
@Entity('evidence')
@Check('evidence_kind', `kind IN ('late_answer', 'event', 'person')`)
export class Evidence {
  @PrimaryColumn('uuid', { name: 'merchant_id', primaryKeyConstraintName: 'evidence_pkey' }) merchantId!: string;
  /** The order's id. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'evidence_pkey' }) id!: string;
  @PrimaryColumn('timestamptz', { default: () => 'clock_timestamp()', primaryKeyConstraintName: 'evidence_pkey' })
  at!: Date;
  @Column('text') kind!: 'late_answer' | 'event' | 'person';
  @Column('text', { name: 'card_code', nullable: true }) cardCode!: string | null;
  /** openid and unionid, sealed with AAD `insertions|<id>`. */
  @Column('bytea', { nullable: true }) person!: Buffer | null;
  @Column('jsonb', { default: {} }) data!: Record<string, unknown>;
}

/** Processes that carry orders, and when each last told that it lives. */
@Entity('workers')
export class WorkerBeat {
  @PrimaryColumn('text') name!: string;
  @Column('timestamptz', { name: 'seen_at' }) seenAt!: Date;
}

/** Which database this is: a change says that it was restored or failed over. */
@Entity('installation')
@Check('installation_one', 'one')
export class Installation {
  @PrimaryColumn('boolean', { default: true }) one!: boolean;
  @Column('text') identity!: string;
  @Column('timestamptz', { name: 'seen_at', default: () => 'now()' }) seenAt!: Date;
  /** When it was last found, or said, to be restored. */
  @Column('timestamptz', { name: 'restored_at', nullable: true }) restoredAt!: Date | null;
}
