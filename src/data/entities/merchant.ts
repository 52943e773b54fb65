import { Check, Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, Unique } from 'typeorm';
import { Account } from './account';

@Entity('merchants')
@Unique('merchants_name', ['name'])
@Check('merchants_pdf_check', `pdf_check IN ('full', 'fast', 'warn', 'off')`)
export class Merchant {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') name!: string;
  /** The appid under which its users authorise, unless an order names another. */
  @Column('text') appid!: string;
  @Column('text', { name: 'card_id', nullable: true }) cardId!: string | null;
  /** The account that issues for it: its token uploads and inserts. */
  @Column('text', { name: 'issuer_appid' }) issuerAppid!: string;
  /** The accounts that issued for it before; their orders stay theirs. Kept by a trigger. */
  @Column('text', { name: 'former_issuers', array: true, default: () => "'{}'" }) formerIssuers!: string[];
  @ManyToOne(() => Account)
  @JoinColumn({ name: 'issuer_appid', foreignKeyConstraintName: 'merchants_issuer_appid_fkey' })
  issuer!: Account;
  /** Codes of warnings that it takes for errors. */
  @Column('text', { array: true, default: () => "'{}'" }) strict!: string[];
  /** Codes of relaxable errors that it takes for warnings. */
  @Column('text', { array: true, default: () => "'{}'" }) relaxed!: string[];
  /** How its PDFs are checked; null: as the installation does. */
  @Column('text', { name: 'pdf_check', nullable: true }) pdfCheck!: 'full' | 'fast' | 'warn' | 'off' | null;
  /** Where its users may be sent after they have authorised; none: anywhere. */
  @Column('text', { name: 'redirect_domains', array: true, default: () => "'{}'" }) redirectDomains!: string[];
  /** What the environment last said of the first merchant. */
  @Column('jsonb', { name: 'from_environment', nullable: true }) fromEnvironment!: object | null;
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
  /** To the hour. */
  @Column('timestamptz', { name: 'last_used_at', nullable: true }) lastUsedAt!: Date | null;
}
