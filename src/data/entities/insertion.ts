import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { CardCodeState, InsertionState } from '../../domain/insertion';
import { safeInteger } from '../columns';

const STATES = `state IN ('accepted', 'uploaded', 'sending', 'awaiting_authorization',
          'in_doubt', 'likely_inserted', 'needs_human', 'inserted', 'refused', 'rejected', 'cancelled')`;

/** The present of an order's insertion, and the job itself. `person` (openid, unionid) has AAD `insertions|<id>`. */
@Entity('insertions')
@Index('insertions_due', { synchronize: false })
@Index('insertions_waiting', ['merchantId', 'createdAt', 'id'], { where: `state IN ('accepted', 'uploaded')` })
@Index('insertions_without_code', { synchronize: false })
@Index('insertions_one_card', { synchronize: false })
@Index('insertions_code_unknown', { synchronize: false })
@Index('insertions_exceptional', ['merchantId', 'state', 'createdAt', 'id'], {
  where: `state NOT IN ('accepted', 'uploaded', 'sending', 'inserted')`,
})
@Check('insertions_state', STATES)
@Check('insertions_card_code_state', `card_code_state IN ('none', 'known', 'unknown')`)
@Check('insertions_card_code', `(card_code IS NOT NULL) = (card_code_state = 'known')`)
@Check('insertions_inserted', `state <> 'inserted' OR card_code_state <> 'none'`)
@Check('insertions_ended', `state NOT IN ('inserted', 'refused', 'rejected', 'cancelled') OR due_at IS NULL`)
@Check('insertions_media', '(media_id IS NULL) = (uploaded_at IS NULL)')
export class InsertionRow {
  /** The order's id. */
  @PrimaryColumn('uuid', { name: 'merchant_id', primaryKeyConstraintName: 'insertions_pkey' }) merchantId!: string;
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'insertions_pkey' }) id!: string;
  @Column('text', { name: 'issuer_appid' }) issuerAppid!: string;
  @Column('timestamptz', { name: 'created_at', default: () => 'now()' }) createdAt!: Date;
  @Column('text') state!: InsertionState;
  @Column('text', { nullable: true }) reason!: string | null;
  /** When the next step is due; while `claimedBy` is set, when the lease ends. */
  @Column('timestamptz', { name: 'due_at', nullable: true }) dueAt!: Date | null;
  @Column('text', { name: 'claimed_by', nullable: true }) claimedBy!: string | null;
  /** Grows with every claim; a write under an older fence changes nothing. */
  @Column('bigint', { default: 0, transformer: safeInteger }) fence!: number;
  @Column('integer', { default: 0 }) attempts!: number;
  /** Sequence number of the latest event. */
  @Column('integer', { default: 1 }) events!: number;
  /** Claims in a row that their process left by dying: a row that kills its worker is handed to a person. */
  @Column('integer', { default: 0 }) crashes!: number;
  @Column('integer', { default: 0 }) tries!: number;
  @Column('integer', { default: 0 }) probes!: number;
  @Column('integer', { name: 'authorization_checks', default: 0 }) authorizationChecks!: number;
  @Column('integer', { default: 0 }) reuploads!: number;
  @Column('text', { name: 'media_id', nullable: true }) mediaId!: string | null;
  @Column('text', { name: 'trip_media_id', nullable: true }) tripMediaId!: string | null;
  @Column('timestamptz', { name: 'uploaded_at', nullable: true }) uploadedAt!: Date | null;
  @Column('timestamptz', { name: 'doubt_since', nullable: true }) doubtSince!: Date | null;
  /** The doubt is that of a restored database alone. */
  @Column('boolean', { name: 'doubt_restored', default: false }) doubtRestored!: boolean;
  /** Two people said after a doubt that there is no card. */
  @Column('boolean', { name: 'doubt_denied', default: false }) doubtDenied!: boolean;
  /** WeChat has told us, without a doubt of ours, that this order's number is used up. */
  @Column('boolean', { name: 'order_consumed', default: false }) orderConsumed!: boolean;
  /** A person began it anew, and no attempt was made since. */
  @Column('boolean', { default: false }) reinserted!: boolean;
  @Column('timestamptz', { name: 'waiting_since', nullable: true }) waitingSince!: Date | null;
  @Column('text', { name: 'card_code', nullable: true }) cardCode!: string | null;
  @Column('text', { name: 'card_code_state', default: 'none' }) cardCodeState!: CardCodeState;
  @Column('bytea', { nullable: true }) person!: Buffer | null;
  /** WeChat's time of the latest push about its reimbursement, Unix seconds. */
  @Column('bigint', { name: 'reimbursement_pushed', nullable: true, transformer: safeInteger })
  reimbursementPushed!: number | null;
  /** When a reconciliation last let it be due sooner. */
  @Column('timestamptz', { name: 'brought_forward_at', nullable: true }) broughtForwardAt!: Date | null;
  /** When WeChat answered us last about it, by the database's clock. */
  @Column('timestamptz', { name: 'reimbursement_told', nullable: true }) reimbursementTold!: Date | null;
  @Column('timestamptz', { name: 'updated_at', default: () => 'now()' }) updatedAt!: Date;
}
