import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  MinLength,
  ValidateNested,
} from 'class-validator';
import { BUYER_TYPES, BuyerType, INVOICE_KINDS, InvoiceKind } from '../domain/invoice';

/** WeChat documents no charset; these need no escaping in a path. */
export const ORDER_ID = /^[0-9A-Za-z_.|*@:~-]{1,64}$/;

/** One line of the invoice (商品明细). */
export class ItemRequest {
  /** 项目名称, e.g. *餐饮服务*餐饮服务 */
  @IsString()
  @MaxLength(300)
  name!: string;
  /** 单位 */
  @IsOptional()
  @IsString()
  @MaxLength(50)
  unit?: string;
  /** 数量; 1 when absent */
  @IsOptional()
  @IsNumber()
  num?: number;
  /** 单价, in 分; all lines with tax or all without */
  @ApiProperty({ type: 'integer' })
  @IsInt()
  price!: number;
}

/** The invoice as it is printed. Amounts are integer 分; numbers and codes are strings. */
export class InvoiceRequest {
  /** 票种; inferred from number and code when absent */
  @IsOptional()
  @IsIn(INVOICE_KINDS)
  kind?: InvoiceKind;
  /** 发票号码: 20 digits on a 数电票, 8 on a legacy invoice */
  @IsString()
  @MaxLength(40)
  number!: string;
  /** 发票代码; empty or absent on a 数电票 */
  @IsOptional()
  @IsString()
  @MaxLength(40)
  code?: string;
  /** 校验码; empty or absent on a 数电票 */
  @IsOptional()
  @IsString()
  @MaxLength(40)
  check_code?: string;
  /** 开票时间: RFC 3339 with offset, a date (00:00 +08:00), or ten-digit seconds as number or string */
  @ApiProperty({ oneOf: [{ type: 'string', maxLength: 40 }, { type: 'integer' }] })
  issued_at!: string | number;
  /** 发票抬头 */
  @IsString()
  @MaxLength(300)
  title!: string;
  /** Who bought; when absent: enterprise with a buyer_number, individual without */
  @IsOptional()
  @IsIn(BUYER_TYPES)
  buyer_type?: BuyerType;
  /** 购买方纳税人识别号 */
  @IsOptional()
  @IsString()
  @MaxLength(40)
  buyer_number?: string;
  /** 价税合计, in 分 */
  @ApiProperty({ type: 'integer' })
  @IsInt()
  fee!: number;
  /** 不含税金额, in 分 */
  @ApiProperty({ type: 'integer' })
  @IsInt()
  fee_without_tax!: number;
  /** 税额, in 分 */
  @ApiProperty({ type: 'integer' })
  @IsInt()
  tax!: number;
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(200)
  @ValidateNested({ each: true })
  @Type(() => ItemRequest)
  items?: ItemRequest[];
  /** 购买方地址、电话 */
  @IsOptional()
  @IsString()
  @MaxLength(300)
  buyer_address_and_phone?: string;
  /** 购买方开户行及账号 */
  @IsOptional()
  @IsString()
  @MaxLength(300)
  buyer_bank_account?: string;
  /** 销售方纳税人识别号 */
  @IsOptional()
  @IsString()
  @MaxLength(40)
  seller_number?: string;
  /** 销售方地址、电话 */
  @IsOptional()
  @IsString()
  @MaxLength(300)
  seller_address_and_phone?: string;
  /** 销售方开户行及账号 */
  @IsOptional()
  @IsString()
  @MaxLength(300)
  seller_bank_account?: string;
  /** 备注 */
  @IsOptional()
  @IsString()
  @MaxLength(1000)
  remarks?: string;
  /** 收款人 */
  @IsOptional()
  @IsString()
  @MaxLength(100)
  cashier?: string;
  /** 开票人 */
  @IsOptional()
  @IsString()
  @MaxLength(100)
  maker?: string;
}

/** An order whose user has authorised an invoice, without its files. */
export class OrderData {
  /** 订单号: the order_id under which the user authorised; one order_id is one card for ever */
  @ApiProperty({ pattern: ORDER_ID.source })
  @IsString()
  @Matches(ORDER_ID)
  order_id!: string;
  /** The appid under which the user authorised; default: the merchant's */
  @IsOptional()
  @Matches(/^[0-9A-Za-z_-]{1,64}$/)
  @IsString()
  appid?: string;
  /** 卡券模板; default: the merchant's */
  @IsOptional()
  @Matches(/^[0-9A-Za-z_-]{1,64}$/)
  @IsString()
  card_id?: string;
  @IsObject()
  @ValidateNested()
  @Type(() => InvoiceRequest)
  invoice!: InvoiceRequest;
}

/** An order as one JSON document. */
export class OrderRequest extends OrderData {
  /** The invoice's PDF, base64 */
  @IsString()
  @MinLength(1)
  pdf!: string;
  /** 行程单, 水单 or other attachment, PDF, base64 */
  @IsOptional()
  @IsString()
  @MinLength(1)
  trip_pdf?: string;
}

/** An order as multipart/form-data: the fast way in, its files travel as they are. */
export class OrderForm {
  /** The order's JSON */
  order!: OrderData;
  /** The invoice's PDF */
  @ApiProperty({ type: 'string', format: 'binary' })
  pdf!: unknown;
  /** 行程单, 水单 or other attachment, PDF */
  @ApiProperty({ type: 'string', format: 'binary', required: false })
  trip_pdf?: unknown;
}

/** The invoice as it was understood, with every default resolved. */
export class InvoiceView extends InvoiceRequest {}

export class AttemptView {
  n!: number;
  kind!: 'first' | 'retry' | 'probe' | 'reinsertion';
  /** Absent while the attempt is under way */
  outcome?: string;
  errcode?: number;
  errmsg?: string;
  /** WeChat's reference, for its support */
  hint?: string;
  started_at!: string;
  ended_at?: string;
}

export class InsertionView {
  state!: string;
  /** Code of the user's invoice card */
  card_code?: string;
  card_code_state!: 'known' | 'unknown' | 'none';
  openid?: string;
  unionid?: string;
  /** Why it was refused, rejected or handed to a person */
  reason?: string;
  attempts!: AttemptView[];
  next_attempt_at?: string;
  /** What to do now, 简体中文 */
  advice!: string;
  advice_en!: string;
}

export class FaultView {
  /** JSON pointer (RFC 6901) */
  pointer!: string;
  code!: string;
  message!: string;
  message_en!: string;
  severity!: 'error' | 'warning';
}

export class OrderView {
  id!: string;
  order_id!: string;
  appid!: string;
  card_id!: string;
  /** accepted, uploaded, sending, awaiting_authorization, in_doubt, likely_inserted, needs_human, inserted, refused, rejected, cancelled */
  state!: string;
  invoice!: InvoiceView;
  insertion!: InsertionView;
  created_at!: string;
  updated_at!: string;
  /** Doubts about the order that did not stop it; on acceptance only */
  warnings?: FaultView[];
}

export class OrderPage {
  items!: OrderView[];
  next_cursor!: string | null;
  has_more!: boolean;
}

export class EventView {
  seq!: number;
  at!: string;
  /** The state that was reached */
  type!: string;
  data!: Record<string, unknown>;
}

export class EventPage {
  items!: EventView[];
  next_cursor!: string | null;
  has_more!: boolean;
}
