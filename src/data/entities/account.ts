import { Check, Column, Entity, PrimaryColumn } from 'typeorm';
import { safeInteger } from '../columns';

/** A WeChat account whose API we may call. `secret` is sealed with AAD `accounts|<appid>`. */
@Entity('accounts')
@Check('accounts_role', `role IN ('issuer', 'merchant', 'reimburser', 'component')`)
@Check('accounts_token_kind', `token_kind IN ('stable', 'plain')`)
@Check('accounts_billing_fields', `billing_fields IN ('current', 'classic')`)
@Check('accounts_callback_mode', `callback_mode IN ('plain', 'compatible', 'safe')`)
@Check('accounts_checked', '(checked_at IS NULL) = (findings IS NULL)')
export class Account {
  @PrimaryColumn('text') appid!: string;
  @Column('text') role!: 'issuer' | 'merchant' | 'reimburser' | 'component';
  @Column('bytea') secret!: Buffer;
  @Column('text', { name: 'token_kind' }) tokenKind!: 'stable' | 'plain';
  @Column('text', { name: 'billing_fields' }) billingFields!: 'current' | 'classic';
  /** An issuer's own identification (开票平台识别码), for life. */
  @Column('text', { name: 's_pappid', nullable: true }) sPappid!: string | null;
  /** How WeChat's pushes to this account must come; others are refused. */
  @Column('text', { name: 'callback_mode', default: 'safe' }) callbackMode!: 'plain' | 'compatible' | 'safe';
  /** Token, EncodingAESKey and the one before, sealed with AAD `accounts|<appid>|callback`. */
  @Column('bytea', { name: 'callback_keys', nullable: true }) callbackKeys!: Buffer | null;
  /** What the environment last said of it, sealed with AAD `accounts|<appid>|environment`. */
  @Column('bytea', { name: 'from_environment', nullable: true }) fromEnvironment!: Buffer | null;
  @Column('timestamptz', { name: 'checked_at', nullable: true }) checkedAt!: Date | null;
  @Column('jsonb', { nullable: true }) findings!: object[] | null;
  @Column('timestamptz', { name: 'created_at', default: () => 'now()' }) createdAt!: Date;
}

/** The present access_token of an account. `token` is sealed with AAD `wechat_tokens|<appid>|<kind>|<generation>`. */
@Entity('wechat_tokens')
@Check('wechat_tokens_whole', '(token IS NULL) = (expires_at IS NULL) AND (token IS NULL) = (refresh_after IS NULL)')
export class WechatToken {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'wechat_tokens_pkey' }) appid!: string;
  @PrimaryColumn('text', { primaryKeyConstraintName: 'wechat_tokens_pkey' }) kind!: 'stable' | 'plain';
  @Column('bigint', { transformer: safeInteger }) generation!: number;
  @Column('bytea', { nullable: true }) token!: Buffer | null;
  @Column('timestamptz', { name: 'expires_at', nullable: true }) expiresAt!: Date | null;
  @Column('timestamptz', { name: 'refresh_after', nullable: true }) refreshAfter!: Date | null;
  @Column('timestamptz', { name: 'fetched_at', nullable: true }) fetchedAt!: Date | null;
  /** When WeChat refused its predecessors before their time; at least those of the last hour. */
  @Column('timestamptz', { name: 'early_deaths', array: true, default: [] }) earlyDeaths!: Date[];
}

/** The present ticket of an account. `ticket` is sealed with AAD `wechat_tickets|<appid>|<type>|<generation>`. */
@Entity('wechat_tickets')
@Check('wechat_tickets_type', `type IN ('jsapi', 'wx_card')`)
export class WechatTicket {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'wechat_tickets_pkey' }) appid!: string;
  @PrimaryColumn('text', { primaryKeyConstraintName: 'wechat_tickets_pkey' }) type!: 'jsapi' | 'wx_card';
  @Column('bigint', { transformer: safeInteger }) generation!: number;
  @Column('bytea') ticket!: Buffer;
  @Column('timestamptz', { name: 'refresh_after' }) refreshAfter!: Date;
  @Column('timestamptz', { name: 'expires_at' }) expiresAt!: Date;
}
