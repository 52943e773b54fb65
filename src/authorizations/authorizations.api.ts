import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, IsString, Matches, MaxLength, Min, MinLength } from 'class-validator';
import { ORDER_ID } from '../orders/orders.api';

export const SOURCES = ['app', 'web', 'wxa', 'wap'] as const;
export const TYPES = [0, 1, 2] as const;

/** 获取授权页: what the user is asked to authorise */
export class AuthorizationRequest {
  /** 订单号: the order that is posted later must have the same; one order_id is one card for ever */
  @ApiProperty({ pattern: ORDER_ID.source })
  @IsString()
  @Matches(ORDER_ID)
  order_id!: string;
  /** The merchant's or its issuer's appid; default: the merchant's */
  @IsOptional()
  @IsString()
  @MaxLength(64)
  appid?: string;
  /** 订单金额, 分 */
  @ApiProperty({ type: 'integer', format: 'fen', minimum: 0, maximum: 9007199254740991 })
  @IsInt()
  @Min(0)
  fee!: number;
  /** app · web 微信内网页 · wxa 小程序 · wap 普通网页 */
  @IsIn(SOURCES)
  source!: (typeof SOURCES)[number];
  /** 0 申请开票 (the title is known) · 1 填写抬头申请开票 (the user gives it) · 2 领取发票 (issued already) */
  @ApiProperty({ type: 'integer', enum: TYPES })
  @IsIn(TYPES)
  type!: (typeof TYPES)[number];
  /** Where the user goes afterwards; required for source web, allowed for wap, refused for others. Where the merchant has registered domains, to one of them */
  @ApiProperty({ required: false, pattern: '^https?://', maxLength: 1000 })
  @IsOptional()
  @IsString()
  redirect_url?: string;
}

export class AuthorizationLink {
  order_id!: string;
  /** Open it in WeChat; for source wxa the path of a mini program */
  auth_url!: string;
  /** The mini program to go to for source wxa; otherwise the appid that authorises */
  appid!: string;
}

/** 抬头 the user chose or filled in (type 1) */
export class TitleView {
  kind!: 'person' | 'business';
  title?: string;
  tax_no?: string;
  phone?: string;
  email?: string;
  address?: string;
  bank?: string;
  bank_account?: string;
  custom?: Record<string, string>;
}

export class AuthorizationView {
  order_id!: string;
  appid!: string;
  /** asked · authorized · failed (the user gave up or refused; may be asked again) · rejected (for good) · expired */
  state!: 'asked' | 'authorized' | 'failed' | 'rejected' | 'expired';
  fee!: number | null;
  source!: string | null;
  type!: number | null;
  asked_at!: string;
  authorized_at!: string | null;
  /** Of a rejection: what the user was told */
  reason?: string;
  title?: TitleView;
}

/** 拒绝开票: the user gets a message; the order is dead for good */
export class RejectionRequest {
  /** Shown to the user, e.g. 重复开票 */
  @IsString()
  @MinLength(1)
  @MaxLength(100)
  reason!: string;
  /** 重新开票: where the user can apply anew */
  @ApiProperty({ required: false, pattern: '^https?://', maxLength: 1000 })
  @IsOptional()
  @IsString()
  url?: string;
}

export class RejectionView {
  order_id!: string;
  appid!: string;
  state!: 'rejected';
  reason!: string;
}
