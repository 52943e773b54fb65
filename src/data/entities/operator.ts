import { Check, Column, Entity, PrimaryColumn, Unique } from 'typeorm';
import { safeInteger } from '../columns';

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
}

/** What people and keys did, one hash chain per merchant (`chain`) and one for the installation (all zeros). */
@Entity('audit')
export class AuditRow {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'audit_pkey' }) chain!: string;
  @PrimaryColumn('bigint', { primaryKeyConstraintName: 'audit_pkey', transformer: safeInteger }) seq!: number;
  @Column('timestamptz') at!: Date;
  @Column('text') actor!: string;
  @Column('text') action!: string;
  @Column('text') object!: string;
  @Column('text', { nullable: true }) reason!: string | null;
  @Column('jsonb', { default: {} }) data!: Record<string, unknown>;
  @Column('bytea', { name: 'previous_sha256' }) previousSha256!: Buffer;
  @Column('bytea') sha256!: Buffer;
}
