import { ApiProperty } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  MinLength,
} from 'class-validator';
import { ALL_SCOPES, MerchantScope } from '../merchants/merchants';
import { REDIRECT_DOMAIN } from '../merchants/redirect-domains';

const APPID = /^[0-9A-Za-z_-]{1,64}$/;
export const PDF_CHECKS = ['full', 'fast', 'warn', 'off'] as const;
export type PdfCheck = (typeof PDF_CHECKS)[number];

/** What may be changed of a merchant; what is absent stays. */
export class MerchantChange {
  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(100)
  name?: string;
  /** The appid under which its users authorise, unless an order names another */
  @ApiProperty({ required: false, pattern: APPID.source })
  @IsOptional()
  @IsString()
  @Matches(APPID)
  appid?: string;
  /** Its default card template; null: none */
  @ApiProperty({ type: 'string', required: false, nullable: true, pattern: APPID.source })
  card_id?: string | null;
  /** The account that issues for it */
  @ApiProperty({ required: false, pattern: APPID.source })
  @IsOptional()
  @IsString()
  @Matches(APPID)
  issuer_appid?: string;
  /** Codes of warnings that it takes for errors */
  @IsOptional()
  @IsArray()
  @ArrayUnique()
  @ArrayMaxSize(100)
  @IsString({ each: true })
  strict?: string[];
  /** Codes of relaxable errors that it takes for warnings */
  @IsOptional()
  @IsArray()
  @ArrayUnique()
  @ArrayMaxSize(100)
  @IsString({ each: true })
  relaxed?: string[];
  /** How its PDFs are checked; null: as the installation does */
  @ApiProperty({ type: 'string', required: false, nullable: true, enum: [...PDF_CHECKS, null] })
  pdf_check?: PdfCheck | null;
  /** Hosts to which its users may be sent after they have authorised (shop.example, *.shop.example); none: any */
  @ApiProperty({ required: false, type: 'array', items: { type: 'string', pattern: REDIRECT_DOMAIN.source } })
  @IsOptional()
  @IsArray()
  @ArrayUnique()
  @ArrayMaxSize(100)
  @Matches(REDIRECT_DOMAIN, { each: true })
  redirect_domains?: string[];
  /** Why; kept in the audit trail */
  @IsOptional()
  @IsString()
  @MaxLength(500)
  reason?: string;
}

/** A new merchant. */
export class MerchantRequest extends MerchantChange {
  @ApiProperty({ required: true })
  @IsString()
  @MinLength(1)
  @MaxLength(100)
  declare name: string;
  @ApiProperty({ required: true, pattern: APPID.source })
  @IsString()
  @Matches(APPID)
  declare appid: string;
  @ApiProperty({ required: true, pattern: APPID.source })
  @IsString()
  @Matches(APPID)
  declare issuer_appid: string;
}

export class MerchantView {
  id!: string;
  name!: string;
  appid!: string;
  card_id!: string | null;
  issuer_appid!: string;
  strict!: string[];
  relaxed!: string[];
  pdf_check!: PdfCheck | null;
  /** Hosts to which its users may be sent after they have authorised; empty: any */
  redirect_domains!: string[];
  created_at!: string;
}

export class MerchantPage {
  items!: MerchantView[];
  next_cursor!: string | null;
  has_more!: boolean;
}

/** A new key. */
export class KeyRequest {
  /** What it is for, e.g. "ERP, from December 2026" */
  @IsString()
  @MinLength(1)
  @MaxLength(100)
  label!: string;
  /** What it may do */
  @ApiProperty({ enum: ALL_SCOPES, isArray: true })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayUnique()
  @IsIn(ALL_SCOPES, { each: true })
  scopes!: MerchantScope[];
  /** RFC 3339 with offset; absent: it does not expire */
  @IsOptional()
  @IsString()
  @MaxLength(40)
  expires_at?: string;
  /** Why; kept in the audit trail */
  @IsOptional()
  @IsString()
  @MaxLength(500)
  reason?: string;
}

export class KeyView {
  id!: string;
  label!: string;
  scopes!: string[];
  /** Neither revoked nor expired */
  live!: boolean;
  created_at!: string;
  expires_at!: string | null;
  revoked_at!: string | null;
  /** To the hour */
  last_used_at!: string | null;
}

export class CreatedKeyView extends KeyView {
  /** The key itself, told this once: keep it safe */
  key!: string;
}

export class KeyList {
  items!: KeyView[];
}
