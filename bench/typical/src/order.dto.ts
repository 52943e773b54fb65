import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsISO8601,
  IsNotEmpty,
  IsOptional,
  IsString,
  Length,
  Matches,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';

export class ItemDto {
  @IsString() @IsNotEmpty() @MaxLength(300) name!: string;
  @IsOptional() @IsString() @MaxLength(50) unit?: string;
  @IsOptional() @IsInt() @Min(1) num?: number;
  @IsInt() price!: number;
}

export class InvoiceDto {
  @IsIn(['digital_ordinary', 'digital_special']) kind!: string;
  @Matches(/^\d{20}$/) number!: string;
  @IsString() @MaxLength(12) code!: string;
  @IsString() @MaxLength(40) check_code!: string;
  @IsISO8601() issued_at!: string;
  @IsString() @IsNotEmpty() @MaxLength(300) title!: string;
  @IsIn(['enterprise', 'individual']) buyer_type!: string;
  @IsOptional() @Length(15, 20) buyer_number?: string;
  @IsInt() fee!: number;
  @IsInt() fee_without_tax!: number;
  @IsInt() tax!: number;
  @IsArray() @ArrayMaxSize(200) @ValidateNested({ each: true }) @Type(() => ItemDto) items!: ItemDto[];
  @IsOptional() @Length(15, 20) seller_number?: string;
  @IsOptional() @IsString() @MaxLength(300) seller_address_and_phone?: string;
  @IsOptional() @IsString() @MaxLength(300) seller_bank_account?: string;
  @IsOptional() @IsString() @MaxLength(450) remarks?: string;
  @IsOptional() @IsString() @MaxLength(100) maker?: string;
}

export class OrderDto {
  @Matches(/^[0-9A-Za-z_.|*@:~-]{1,64}$/) order_id!: string;
  @IsString() @IsNotEmpty() appid!: string;
  @IsString() @IsNotEmpty() card_id!: string;
  @ValidateNested() @Type(() => InvoiceDto) invoice!: InvoiceDto;
}
