import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** The newest way to read an order's card back. `encryptCode` is sealed with AAD `shown_cards|<id>`. */
@Entity('shown_cards')
@Index('shown_cards_by_sha256', ['shownSha256'])
export class ShownCardRow {
  @PrimaryColumn('uuid', { name: 'merchant_id', primaryKeyConstraintName: 'shown_cards_pkey' }) merchantId!: string;
  /** The order's id. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'shown_cards_pkey' }) id!: string;
  @Column('text', { name: 'card_id' }) cardId!: string;
  @Column('bytea', { name: 'encrypt_code' }) encryptCode!: Buffer;
  /** Of card_id and encrypt_code: see src/reimbursement/shown-cards.ts. */
  @Column('bytea', { name: 'shown_sha256' }) shownSha256!: Buffer;
  /** The account that read it: an encrypt_code is good for any reimburser, an openid is not. */
  @Column('text') appid!: string;
  @Column('text', { name: 'reimburse_status', nullable: true }) reimburseStatus!: string | null;
  @Column('timestamptz', { name: 'read_at', default: () => 'clock_timestamp()' }) readAt!: Date;
}

/** A change of state that a reimburser asked for; without `outcome` its answer is not known. */
@Entity('reimbursement_intents')
@Check(
  'reimbursement_intents_status',
  `reimburse_status IN ('INVOICE_REIMBURSE_INIT', 'INVOICE_REIMBURSE_LOCK', 'INVOICE_REIMBURSE_CLOSURE')`,
)
@Check('reimbursement_intents_outcome', `outcome IN ('done', 'refused', 'notNow', 'unclear')`)
@Check('reimbursement_intents_ended', '(outcome IS NULL) = (ended_at IS NULL)')
export class ReimbursementIntent {
  @PrimaryColumn('uuid', { name: 'merchant_id', primaryKeyConstraintName: 'reimbursement_intents_pkey' })
  merchantId!: string;
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'reimbursement_intents_pkey' }) id!: string;
  /** The reimburser's account. */
  @Column('text') appid!: string;
  @Column('uuid', { name: 'key_id' }) keyId!: string;
  @Column('text', { name: 'reimburse_status' }) reimburseStatus!: string;
  @Column('bytea', { name: 'cards_sha256', array: true }) cardsSha256!: Buffer[];
  @Column('timestamptz', { name: 'started_at', default: () => 'clock_timestamp()' }) startedAt!: Date;
  @Column('timestamptz', { name: 'ended_at', nullable: true }) endedAt!: Date | null;
  @Column('text', { nullable: true }) outcome!: string | null;
  @Column('integer', { nullable: true }) errcode!: number | null;
  @Column('text', { nullable: true }) errmsg!: string | null;
}
