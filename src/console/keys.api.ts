import { ApiProperty } from '@nestjs/swagger';
import { OperatorRole } from '../data/entities/operator';

export const KEY_HOLDERS = ['merchant', 'operator'] as const;
export type KeyHolder = (typeof KEY_HOLDERS)[number];

/** A key of a merchant or of an operator: who may do what. Never the key itself. */
export class AnyKeyView {
  /** The key's own; of an operator, the operator's */
  id!: string;
  @ApiProperty({ enum: KEY_HOLDERS })
  holder!: KeyHolder;
  /** Of the merchant or the operator */
  name!: string;
  /** The merchant's uuid; null: an operator's key */
  merchant!: string | null;
  /** What the merchant's key is for */
  label!: string | null;
  /** What the merchant's key may do */
  scopes!: string[] | null;
  /** What the operator may do */
  @ApiProperty({ enum: ['viewer', 'operator', 'approver', 'administrator'], nullable: true })
  role!: OperatorRole | null;
  /** Neither revoked nor expired */
  live!: boolean;
  created_at!: string;
  expires_at!: string | null;
  revoked_at!: string | null;
  /** To the hour; of operators the audit trail tells more */
  last_used_at!: string | null;
}

export class AnyKeyPage {
  items!: AnyKeyView[];
  next_cursor!: string | null;
  has_more!: boolean;
}
