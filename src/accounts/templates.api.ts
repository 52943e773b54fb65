import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, MaxLength, MinLength } from 'class-validator';

const LINK = { required: false, pattern: '^https?://' } as const;

/** createcard: one template for each payee and type */
export class TemplateRequest {
  /** Default: the only issuer there is */
  @IsOptional()
  @IsString()
  @MaxLength(64)
  appid?: string;
  /** 收款方 in full */
  @IsString()
  @MinLength(1)
  @MaxLength(100)
  payee!: string;
  /** 发票类型, shown to the user, e.g. 数电发票（普通发票） */
  @IsString()
  @MinLength(1)
  @MaxLength(50)
  type!: string;
  /** Short name of the merchant, at most 9 characters */
  @IsString()
  @MinLength(1)
  @MaxLength(9)
  title!: string;
  /** From WeChat's 永久素材 or uploadimg */
  @ApiProperty({ pattern: '^https?://' })
  @IsString()
  @MaxLength(500)
  logo_url!: string;
  @IsOptional() @IsString() @MaxLength(5) custom_url_name?: string;
  @ApiProperty(LINK) @IsOptional() @IsString() @MaxLength(500) custom_url?: string;
  @IsOptional() @IsString() @MaxLength(6) custom_url_sub_title?: string;
  @IsOptional() @IsString() @MaxLength(5) promotion_url_name?: string;
  @ApiProperty(LINK) @IsOptional() @IsString() @MaxLength(500) promotion_url?: string;
  @IsOptional() @IsString() @MaxLength(6) promotion_url_sub_title?: string;
}

export class TemplateView {
  id!: string;
  appid!: string;
  payee!: string;
  type!: string;
  words!: Record<string, string>;
  /** creating: being made · ready · unclear: WeChat's answer was lost, look in its console · refused: not made */
  state!: 'creating' | 'ready' | 'unclear' | 'refused';
  card_id!: string | null;
  /** Orders with this card_id wait until then: WeChat refuses a template that is too young (40078) */
  usable_after!: string | null;
  errcode!: number | null;
  errmsg!: string | null;
  created_at!: string;
}

export class TemplateList {
  items!: TemplateView[];
}

/** What a person found in WeChat's console about a template whose making is unclear */
export class TemplateResolution {
  @IsIn(['made', 'not_made'])
  kind!: 'made' | 'not_made';
  /** Where it was made */
  @ApiProperty({ required: false, pattern: '^[0-9A-Za-z_-]{4,64}$' })
  @IsOptional()
  @IsString()
  card_id?: string;
  /** Why; kept in the audit trail */
  @IsString()
  @MinLength(1)
  @MaxLength(500)
  reason!: string;
}
