import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { MerchantKey } from './merchant';

/** A token that stands for a merchant's key, for callers who speak WeChat's dialect. */
@Entity('gateway_tokens')
@Index('gateway_tokens_of_key', ['keyId', 'issuedAt'])
@Index('gateway_tokens_stable', ['keyId', 'issuedAt'], { where: 'stable' })
@Check('gateway_tokens_sha256_length', 'octet_length(token_sha256) = 32')
export class GatewayToken {
  @PrimaryColumn('bytea', { name: 'token_sha256' }) tokenSha256!: Buffer;
  @Column('uuid', { name: 'key_id' }) keyId!: string;
  @ManyToOne(() => MerchantKey, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'key_id', foreignKeyConstraintName: 'gateway_tokens_key_id_fkey' })
  key!: MerchantKey;
  /** Asked for with type=manual, which ends the tokens before it. */
  @Column('boolean', { default: false }) forced!: boolean;
  /** Whoever asks again is given it again. */
  @Column('boolean', { default: false }) stable!: boolean;
  /** The account that it was asked for in; null: the merchant's own. */
  @Column('text', { nullable: true }) appid!: string | null;
  @Column('timestamptz', { name: 'issued_at', default: () => 'clock_timestamp()' }) issuedAt!: Date;
  @Column('timestamptz', { name: 'expires_at' }) expiresAt!: Date;
}

/** A PDF that came through the drop-in's setpdf; kept for three days, as WeChat does. */
@Entity('drop_in_media')
@Index('drop_in_media_unused', ['merchantId', 'uploadedAt', 'bytes'], { where: 'used_at IS NULL' })
export class DropInMedia {
  @PrimaryColumn('uuid', { name: 'merchant_id', primaryKeyConstraintName: 'drop_in_media_pkey' }) merchantId!: string;
  @PrimaryColumn('text', { name: 'media_id', primaryKeyConstraintName: 'drop_in_media_pkey' }) mediaId!: string;
  @Column('bytea') body!: Buffer;
  /** False: stored as it is, before files were sealed. AAD `drop_in_media|<media_id>`. */
  @Column('boolean', { default: false }) sealed!: boolean;
  /** Its length; 0: from before it was counted. */
  @Column('integer', { default: 0 }) bytes!: number;
  /** When an order was first made with it. */
  @Column('timestamptz', { name: 'used_at', nullable: true }) usedAt!: Date | null;
  /** WeChat's id of it, once its link was asked for (getpdf). */
  @Column('text', { name: 'wechat_media_id', nullable: true }) wechatMediaId!: string | null;
  @Column('timestamptz', { name: 'uploaded_at', default: () => 'clock_timestamp()' }) uploadedAt!: Date;
}
