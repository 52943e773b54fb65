import { ApiProperty } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
} from 'class-validator';
import { UUID } from '../http/patterns';

const CARD_ID = /^[0-9A-Za-z_-]{4,64}$/;

export class ProbeRequest {
  /** Kept in the audit trail */
  @IsString()
  @MinLength(1)
  @MaxLength(500)
  reason!: string;
  /** Sizes of uploads to try, in MiB; default 1, 2, 5, 10. Each is destroyed by WeChat after three days */
  @ApiProperty({ required: false, type: 'array', items: { type: 'integer', minimum: 1, maximum: 10 }, maxItems: 10 })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(10)
  @IsInt({ each: true })
  @Min(1, { each: true })
  @Max(10, { each: true })
  upload_mib?: number[];
  /** uuid of an inserted order of this account, best a test order of your own: what WeChat tells of it afterwards */
  @ApiProperty({ required: false, pattern: UUID.source })
  @IsOptional()
  @IsString()
  @Matches(UUID)
  order?: string;
  /** Send that order's insert once more. WeChat should refuse it (72056); should it not, the order gets a second card */
  @IsOptional()
  @IsBoolean()
  repeat_insert?: boolean;
  /** With repeat_insert: card_id of a template of this account that was made a moment ago; is it too young (40078)? */
  @ApiProperty({ required: false, pattern: CARD_ID.source })
  @IsOptional()
  @IsString()
  @Matches(CARD_ID)
  young_template?: string;
}

export class ProbeAnswerView {
  /** What was asked, e.g. upload_5_mib, quota_insert, auth_status, card_code, repeated_insert, repeated_nonce, young_template */
  question!: string;
  /** WeChat's; null where there was no answer */
  errcode!: number | null;
  errmsg!: string | null;
  conclusion!: string;
  conclusion_en!: string;
}

export class ProbeView {
  appid!: string;
  answers!: ProbeAnswerView[];
}
