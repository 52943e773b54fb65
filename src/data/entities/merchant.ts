import { Check, Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, Unique } from 'typeorm';
import { Account } from './account';

@Entity('merchants')
@Unique('merchants_name', ['name'])
export class Merchant {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') name!: string;
  /** The appid under which its users authorise, unless an order names another. */
  @Column('text') appid!: string;
  @Column('text', { name: 'card_id', nullable: true }) cardId!: string | null;
  /** The account that issues for it: its token uploads and inserts. */
  @Column('text', { name: 'issuer_appid' }) issuerAppid!: string;
  @ManyToOne(() => Account)
  @JoinColumn({ name: 'issuer_appid', foreignKeyConstraintName: 'merchants_issuer_appid_fkey' })
  issuer!: Account;
  @Column('timestamptz', { name: 'created_at', default: () => 'now()' }) createdAt!: Date;
}

/** Only the SHA-256 of a key is stored; keys have high entropy, so no slow hash is needed. */
@Entity('merchant_keys')
@Unique('merchant_keys_key_sha256', ['keySha256'])
@Check('merchant_keys_sha256_length', 'octet_length(key_sha256) = 32')
export class MerchantKey {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid', { name: 'merchant_id' }) merchantId!: string;
  @ManyToOne(() => Merchant)
  @JoinColumn({ name: 'merchant_id', foreignKeyConstraintName: 'merchant_keys_merchant_id_fkey' })
  merchant!: Merchant;
  @Column('bytea', { name: 'key_sha256' }) keySha256!: Buffer;
  @Column('text') label!: string;
  @Column('text', { array: true }) scopes!: string[];
  @Column('timestamptz', { name: 'created_at', default: () => 'now()' }) createdAt!: Date;
  @Column('timestamptz', { name: 'expires_at', nullable: true }) expiresAt!: Date | null;
  @Column('timestamptz', { name: 'revoked_at', nullable: true }) revokedAt!: Date | null;
}
