import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { safeInteger } from '../columns';

/** What people and keys did, one hash chain per merchant (`chain`) and one for the installation (all zeros). */
@Entity('audit')
@Index('audit_by_time', ['at', 'chain', 'seq'])
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

/** The latest row of each chain: it moves one step at a time. */
@Entity('audit_heads')
export class AuditHead {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'audit_heads_pkey' }) chain!: string;
  @Column('bigint', { transformer: safeInteger }) seq!: number;
  @Column('bytea') sha256!: Buffer;
}

/** A head as it was at one time, signed with a key that the database does not hold. */
@Entity('audit_anchors')
export class AuditAnchor {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'audit_anchors_pkey' }) chain!: string;
  @PrimaryColumn('bigint', { primaryKeyConstraintName: 'audit_anchors_pkey', transformer: safeInteger }) seq!: number;
  @Column('timestamptz') at!: Date;
  @Column('bytea') sha256!: Buffer;
  @Column('bytea') signature!: Buffer;
  /** Which master key signed it; empty: from before that was noted. */
  @PrimaryColumn('text', { name: 'key_id', default: '', primaryKeyConstraintName: 'audit_anchors_pkey' })
  keyId!: string;
}
