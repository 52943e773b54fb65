import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A request that carried an Idempotency-Key. `answer` is sealed with AAD `idempotency_keys|<id>`: it may hold a secret. */
@Entity('idempotency_keys')
@Index('idempotency_keys_by_time', ['createdAt'])
export class IdempotencyKey {
  @PrimaryColumn('bytea', { primaryKeyConstraintName: 'idempotency_keys_pkey' }) caller!: Buffer;
  @PrimaryColumn('text', { primaryKeyConstraintName: 'idempotency_keys_pkey' }) key!: string;
  /** The id that a new resource takes, the same at every repetition. */
  @Column('uuid') id!: string;
  @Column('bytea', { name: 'request_sha256' }) requestSha256!: Buffer;
  @Column('timestamptz', { name: 'created_at', default: () => 'now()' }) createdAt!: Date;
  @Column('timestamptz', { name: 'running_until' }) runningUntil!: Date;
  /** Null while it runs. */
  @Column('bytea', { nullable: true }) answer!: Buffer | null;
}
