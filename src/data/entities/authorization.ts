import { Check, Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';
import { safeInteger } from '../columns';

/** An authorisation asked for, or an order rejected, here. `person` (openid, title) has AAD `authorizations|<id>`. */
@Entity('authorizations')
@Unique('authorizations_natural_key', ['merchantId', 'appid', 'orderId'])
@Index('authorizations_across_merchants', ['appid', 'orderId'], { unique: true })
@Check('authorizations_state', `state IN ('asked', 'authorized', 'failed', 'rejected')`)
@Check('authorizations_source', `source IN ('app', 'web', 'wxa', 'wap')`)
@Check('authorizations_type', 'type IN (0, 1, 2)')
export class Authorization {
  @PrimaryColumn('uuid', { name: 'merchant_id', primaryKeyConstraintName: 'authorizations_pkey' }) merchantId!: string;
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'authorizations_pkey' }) id!: string;
  @Column('text') appid!: string;
  @Column('text', { name: 'order_id' }) orderId!: string;
  @Column('text', { name: 'issuer_appid' }) issuerAppid!: string;
  /** 分; null where only a rejection was asked for. */
  @Column('bigint', { nullable: true, transformer: safeInteger }) fee!: number | null;
  @Column('text', { nullable: true }) source!: 'app' | 'web' | 'wxa' | 'wap' | null;
  @Column('smallint', { nullable: true }) type!: 0 | 1 | 2 | null;
  @Column('text') state!: 'asked' | 'authorized' | 'failed' | 'rejected';
  @Column('text', { nullable: true }) reason!: string | null;
  @Column('bytea', { nullable: true }) person!: Buffer | null;
  /** Whether `person` has the title that the user chose. */
  @Column('boolean', { name: 'title_known', default: false }) titleKnown!: boolean;
  @Column('timestamptz', { name: 'asked_at', default: () => 'now()' }) askedAt!: Date;
  /** When WeChat was last asked how it stands. */
  @Column('timestamptz', { name: 'checked_at', nullable: true }) checkedAt!: Date | null;
  @Column('timestamptz', { name: 'authorized_at', nullable: true }) authorizedAt!: Date | null;
}
