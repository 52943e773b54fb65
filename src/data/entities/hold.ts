import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A paused account or merchant. Active while not lifted and `until` has not passed. */
@Entity('holds')
@Index('holds_one_an_account', { synchronize: false })
@Index('holds_one_a_merchant', { synchronize: false })
@Check(
  'holds_scope',
  `(scope = 'account' AND appid IS NOT NULL AND merchant_id IS NULL)
          OR (scope = 'merchant' AND merchant_id IS NOT NULL AND appid IS NULL)`,
)
@Check('holds_lifted', '(lifted_at IS NULL) = (lifted_by IS NULL)')
export class Hold {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') scope!: 'account' | 'merchant';
  @Column('text', { nullable: true }) appid!: string | null;
  @Column('uuid', { name: 'merchant_id', nullable: true }) merchantId!: string | null;
  @Column('integer', { nullable: true }) errcode!: number | null;
  @Column('text', { nullable: true }) errmsg!: string | null;
  @Column('text') reason!: string;
  @Column('timestamptz', { nullable: true }) until!: Date | null;
  /** Orders let through to see whether the cause is gone. */
  @Column('integer', { default: 0 }) canaries!: number;
  /** The merchant's default template that WeChat does not know. */
  @Column('text', { name: 'card_id', nullable: true }) cardId!: string | null;
  @Column('timestamptz', { name: 'next_canary_at', nullable: true }) nextCanaryAt!: Date | null;
  @Column('timestamptz', { name: 'created_at', default: () => 'now()' }) createdAt!: Date;
  @Column('timestamptz', { name: 'lifted_at', nullable: true }) liftedAt!: Date | null;
  @Column('text', { name: 'lifted_by', nullable: true }) liftedBy!: string | null;
}
