import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  IsArray,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  Min,
  MinLength,
  ValidateNested,
} from 'class-validator';

const APPID = /^[0-9A-Za-z_-]{1,64}$/;
const ROLES = ['issuer', 'merchant', 'reimburser', 'component'] as const;
const MODES = ['plain', 'compatible', 'safe'] as const;

export class AccountRequest {
  @ApiProperty({ pattern: APPID.source })
  @IsString()
  @Matches(APPID)
  appid!: string;
  /** issuer 开票平台 · merchant 商户 · reimburser 报销方 · component 第三方平台 */
  @IsIn(ROLES)
  role!: (typeof ROLES)[number];
  /** AppSecret; kept sealed, never shown */
  @IsString()
  @MinLength(1)
  @MaxLength(128)
  secret!: string;
  @IsOptional()
  @IsIn(['stable', 'plain'])
  token_kind?: 'stable' | 'plain';
  /** current: billing_no = 号码; classic: billing_no = 代码 (legacy kinds) */
  @IsOptional()
  @IsIn(['current', 'classic'])
  billing_fields?: 'current' | 'classic';
}

export class AccountChange {
  @IsOptional()
  @IsIn(ROLES)
  role?: (typeof ROLES)[number];
  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(128)
  secret?: string;
  @IsOptional()
  @IsIn(['stable', 'plain'])
  token_kind?: 'stable' | 'plain';
  @IsOptional()
  @IsIn(['current', 'classic'])
  billing_fields?: 'current' | 'classic';
}

/** 消息推送: what WeChat's console has for this account. */
export class CallbackSettings {
  @IsIn(MODES)
  mode!: (typeof MODES)[number];
  @ApiProperty({ pattern: '^[0-9A-Za-z]{3,32}$' })
  @IsString()
  token!: string;
  /** EncodingAESKey; a changed one makes the present one the previous one, which is still taken. Not for mode plain */
  @ApiProperty({ required: false, pattern: '^[0-9A-Za-z]{43}$' })
  @IsOptional()
  @IsString()
  encoding_aes_key?: string;
}

export class AccountFindingView {
  code!: string;
  severity!: 'ok' | 'warning' | 'error';
  errcode?: number;
  advice!: string;
  advice_en!: string;
}

export class AccountView {
  appid!: string;
  role!: string;
  token_kind!: string;
  billing_fields!: string;
  s_pappid!: string | null;
  callback!: CallbackView;
  /** When it was last checked, and what was found; token_thrash and push_… are as of now */
  checked_at!: string | null;
  findings!: AccountFindingView[];
  created_at!: string;
}

export class CallbackView {
  /** Where WeChat is to push to, below this service's public address */
  path!: string;
  mode!: string;
  /** Whether token and key are set; they are never shown */
  set!: boolean;
}

export class AccountList {
  items!: AccountView[];
}

export class AccountCheckView {
  appid!: string;
  findings!: AccountFindingView[];
}

export class PappidView {
  appid!: string;
  s_pappid!: string;
}

export class TokenView {
  appid!: string;
  kind!: 'stable' | 'plain';
  /** Grows with every fetch */
  generation!: number;
  fetched_at!: string | null;
  age_seconds!: number | null;
  expires_at!: string | null;
  /** Tokens that WeChat refused before their time, within the last hour; after 3 `findings` says what to do */
  early_deaths!: number;
  findings!: AccountFindingView[];
}

export class TokenList {
  items!: TokenView[];
}

/** setbizattr set_contact */
export class ContactRequest {
  @IsString()
  @MinLength(1)
  @MaxLength(32)
  phone!: string;
  /** 开票超时时间; WeChat does not say its unit */
  @IsInt()
  @Min(1)
  time_out!: number;
}

/** setbizattr set_pay_mch (支付后开票) */
export class PayMchRequest {
  @ApiProperty({ pattern: '^[0-9]{1,32}$' })
  @IsString()
  mchid!: string;
  /** Default: the one of this account's issuer */
  @IsOptional()
  @IsString()
  @MaxLength(200)
  s_pappid?: string;
}

export class CustomField {
  /** At most 5 characters */
  @IsString()
  @MinLength(1)
  @MaxLength(5)
  key!: string;
  @IsOptional()
  @IsIn([0, 1])
  is_require?: 0 | 1;
  @IsOptional()
  @IsString()
  @MaxLength(64)
  notice?: string;
}

const FLAG = { enum: [0, 1], type: 'integer', required: false } as const;

export class UserFields {
  @ApiProperty(FLAG) @IsOptional() show_title?: number;
  @ApiProperty(FLAG) @IsOptional() show_phone?: number;
  @ApiProperty(FLAG) @IsOptional() show_email?: number;
  @ApiProperty(FLAG) @IsOptional() require_phone?: number;
  @ApiProperty(FLAG) @IsOptional() require_email?: number;
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => CustomField) custom_field?: CustomField[];
}

export class BizFields {
  @ApiProperty(FLAG) @IsOptional() show_title?: number;
  @ApiProperty(FLAG) @IsOptional() show_tax_no?: number;
  @ApiProperty(FLAG) @IsOptional() show_addr?: number;
  @ApiProperty(FLAG) @IsOptional() show_phone?: number;
  @ApiProperty(FLAG) @IsOptional() show_bank_type?: number;
  @ApiProperty(FLAG) @IsOptional() show_bank_no?: number;
  @ApiProperty(FLAG) @IsOptional() require_tax_no?: number;
  @ApiProperty(FLAG) @IsOptional() require_addr?: number;
  @ApiProperty(FLAG) @IsOptional() require_phone?: number;
  @ApiProperty(FLAG) @IsOptional() require_bank_type?: number;
  @ApiProperty(FLAG) @IsOptional() require_bank_no?: number;
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => CustomField) custom_field?: CustomField[];
}

/** setbizattr set_auth_field: what users see and fill in when the authorisation is of type 1. Set show_ and require_ both */
export class AuthFieldRequest {
  @IsObject()
  @ValidateNested()
  @Type(() => UserFields)
  user_field!: UserFields;
  @IsObject()
  @ValidateNested()
  @Type(() => BizFields)
  biz_field!: BizFields;
}
