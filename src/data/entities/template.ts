import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { Account } from './account';

/** A card template (card_id) of an issuer: one for each payee and type. `creating` was written down before WeChat was asked. */
@Entity('templates')
@Index('templates_one_a_payee_and_type', ['issuerAppid', 'payee', 'type'], {
  unique: true,
  where: `state <> 'refused'`,
})
@Index('templates_by_card_id', ['cardId'], { where: 'card_id IS NOT NULL' })
@Check('templates_state', `state IN ('creating', 'ready', 'unclear', 'refused')`)
@Check('templates_ready', `(state = 'ready') = (card_id IS NOT NULL)`)
export class Template {
  @PrimaryColumn('uuid') id!: string;
  @Column('text', { name: 'issuer_appid' }) issuerAppid!: string;
  @ManyToOne(() => Account)
  @JoinColumn({ name: 'issuer_appid', foreignKeyConstraintName: 'templates_issuer_appid_fkey' })
  issuer!: Account;
  @Column('text') payee!: string;
  @Column('text') type!: string;
  /** What users read on the card: title, logo_url and the links. */
  @Column('jsonb') words!: Record<string, string>;
  @Column('text') state!: 'creating' | 'ready' | 'unclear' | 'refused';
  @Column('text', { name: 'card_id', nullable: true }) cardId!: string | null;
  /** WeChat refuses a template that is too young (40078). */
  @Column('timestamptz', { name: 'usable_after', nullable: true }) usableAfter!: Date | null;
  @Column('integer', { nullable: true }) errcode!: number | null;
  @Column('text', { nullable: true }) errmsg!: string | null;
  @Column('timestamptz', { name: 'created_at', default: () => 'now()' }) createdAt!: Date;
  @Column('timestamptz', { name: 'updated_at', default: () => 'now()' }) updatedAt!: Date;
}
