import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** A key that seals values of this database (src/data/sealed.ts): entered before its first use, gone once nothing is left. */
@Entity('sealing_keys')
@Check('sealing_keys_id', `key_id ~ '^[0-9a-f]{8}$'`)
export class SealingKey {
  @PrimaryColumn('text', { name: 'key_id' }) keyId!: string;
  @Column('timestamptz', { name: 'first_seen_at', default: () => 'now()' }) firstSeenAt!: Date;
  /** When a process that seals with it last told so. */
  @Column('timestamptz', { name: 'seen_at', default: () => 'now()' }) seenAt!: Date;
}
