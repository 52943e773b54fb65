import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { safeInteger } from '../columns';

export type AttemptKind = 'first' | 'retry' | 'probe' | 'reinsertion';

/** The write-ahead of an insert that may be on the wire. Its primary key is the promise of one open attempt an order. */
@Entity('open_attempts')
@Check('open_attempts_kind', `kind IN ('first', 'retry', 'probe', 'reinsertion')`)
export class OpenAttempt {
  /** The order's id. */
  @PrimaryColumn('uuid', { name: 'merchant_id', primaryKeyConstraintName: 'open_attempts_pkey' }) merchantId!: string;
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'open_attempts_pkey' }) id!: string;
  @Column('integer') n!: number;
  @Column('text') kind!: AttemptKind;
  @Column('bigint', { transformer: safeInteger }) fence!: number;
  @Column('bytea', { name: 'request_sha256' }) requestSha256!: Buffer;
  @Column('timestamptz', { name: 'started_at' }) startedAt!: Date;
}

/** A closed attempt: what was sent and what came back. Partitioned by month of `ended_at`. */
@Entity('attempts')
@Index('attempts_by_errcode', { synchronize: false })
@Index('attempts_by_hint', { synchronize: false })
@Check('attempts_sent', `sent IN ('yes', 'no', 'unknown')`)
export class Attempt {
  @PrimaryColumn('uuid', { name: 'merchant_id', primaryKeyConstraintName: 'attempts_pkey' }) merchantId!: string;
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'attempts_pkey' }) id!: string;
  @PrimaryColumn('integer', { primaryKeyConstraintName: 'attempts_pkey' }) n!: number;
  @Column('text') kind!: AttemptKind;
  @Column('text') outcome!: string;
  /** Whether the request's head was written to the socket. */
  @Column('text') sent!: 'yes' | 'no' | 'unknown';
  @Column('integer', { nullable: true }) errcode!: number | null;
  @Column('text', { nullable: true }) errmsg!: string | null;
  @Column('text', { nullable: true }) hint!: string | null;
  /** The version of our judgement that gave the outcome. */
  @Column('integer', { name: 'classifier_version' }) classifierVersion!: number;
  @Column('integer', { name: 'http_status', nullable: true }) httpStatus!: number | null;
  @Column('bytea', { name: 'request_sha256' }) requestSha256!: Buffer;
  @Column('timestamptz', { name: 'started_at' }) startedAt!: Date;
  @PrimaryColumn('timestamptz', { name: 'ended_at', primaryKeyConstraintName: 'attempts_pkey' }) endedAt!: Date;
}
