import { Check, Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, Unique } from 'typeorm';

export type OperatorRole = 'viewer' | 'operator' | 'approver' | 'administrator';

/** A person or program that operates the platform. Only the SHA-256 of its key is stored. */
@Entity('operators')
@Unique('operators_name', ['name'])
@Unique('operators_key_sha256', ['keySha256'])
@Check('operators_role', `role IN ('viewer', 'operator', 'approver', 'administrator')`)
export class Operator {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') name!: string;
  @Column('text') role!: OperatorRole;
  @Column('bytea', { name: 'key_sha256', nullable: true }) keySha256!: Buffer | null;
  @Column('timestamptz', { name: 'created_at', default: () => 'now()' }) createdAt!: Date;
  @Column('timestamptz', { name: 'revoked_at', nullable: true }) revokedAt!: Date | null;
  /** The operator who made it and saw its key; null: the environment. */
  @Column('uuid', { name: 'made_by', nullable: true }) madeBy!: string | null;
  @ManyToOne(() => Operator)
  @JoinColumn({ name: 'made_by', foreignKeyConstraintName: 'operators_made_by_fkey' })
  maker!: Operator | null;
  @Column('timestamptz', { name: 'key_made_at', default: () => 'now()' }) keyMadeAt!: Date;
  /** SHA-256 of keys that the environment gave before the present one. */
  @Column('bytea', { name: 'former_keys', array: true, default: () => "'{}'" }) formerKeys!: Buffer[];
}
