import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, Unique } from 'typeorm';
import { Account } from './account';

/** A push of WeChat as it came, once. `body` (its fields, or its text as `unreadable`) has AAD `callbacks|<id>`. */
@Entity('callbacks')
@Unique('callbacks_dedupe', ['dedupe'])
@Index('callbacks_received', ['receivedAt'], { where: `state = 'received'` })
@Index('callbacks_by_time', ['receivedAt'])
@Index('callbacks_waiting', ['state'], { where: `state IN ('parked', 'unreadable')` })
@Check('callbacks_state', `state IN ('received', 'parked', 'unreadable', 'done', 'expired')`)
export class Callback {
  @PrimaryColumn('uuid') id!: string;
  /** The account whose address it came to. */
  @Column('text') appid!: string;
  @Column('bytea') dedupe!: Buffer;
  @Column('text') event!: string;
  /** False: plain mode, whose signature does not cover the body. */
  @Column('boolean') encrypted!: boolean;
  @Column('bytea') body!: Buffer;
  /** parked: nothing here fits yet. unreadable: a person is to look at it. */
  @Column('text', { default: 'received' }) state!: 'received' | 'parked' | 'unreadable' | 'done' | 'expired';
  @Column('text', { nullable: true }) outcome!: string | null;
  @Column('integer', { default: 0 }) tries!: number;
  @Column('timestamptz', { name: 'received_at', default: () => 'now()' }) receivedAt!: Date;
  @Column('timestamptz', { name: 'processed_at', nullable: true }) processedAt!: Date | null;
}

/** Pushes to an account that were refused, by reason (`wechat/callback-refusal.ts`). */
@Entity('refused_pushes')
export class RefusedPush {
  @PrimaryColumn('text') appid!: string;
  @ManyToOne(() => Account, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'appid', foreignKeyConstraintName: 'refused_pushes_appid_fkey' })
  account!: Account;
  @PrimaryColumn('text') reason!: string;
  @Column('bigint') count!: string;
  @Column('timestamptz', { name: 'last_at', default: () => 'now()' }) lastAt!: Date;
}
