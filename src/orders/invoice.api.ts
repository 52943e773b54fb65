import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { BUYER_TYPES, BuyerType, INVOICE_KINDS, InvoiceKind } from '../domain/invoice';

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
  @ApiProperty({ type: 'integer', format: 'fen' })
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
  /** 开票时间: a time with offset (RFC 3339 and its kin), a date (00:00 +08:00), or ten-digit seconds as number or string */
  @ApiProperty({ oneOf: [{ type: 'string', maxLength: 100 }, { type: 'integer' }] })
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
  @ApiProperty({ type: 'integer', format: 'fen' })
  @IsInt()
  fee!: number;
  /** 不含税金额, in 分 */
  @ApiProperty({ type: 'integer', format: 'fen' })
  @IsInt()
  fee_without_tax!: number;
  /** 税额, in 分 */
  @ApiProperty({ type: 'integer', format: 'fen' })
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

/** The invoice as it was understood, with every default resolved. */
export class InvoiceView extends InvoiceRequest {}
