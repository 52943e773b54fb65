import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsOptional,
  IsString,
  MaxLength,
  MinLength,
  ValidateNested,
} from 'class-validator';
import { ReimburseStatus } from '../wechat/wire';

/** WeChat names no limit; more than this at once is asked in several requests. */
const MOST_CARDS = 100;
const STATUSES = [
  'INVOICE_REIMBURSE_INIT',
  'INVOICE_REIMBURSE_LOCK',
  'INVOICE_REIMBURSE_CLOSURE',
  'INVOICE_REIMBURSE_CANCEL',
] as const satisfies readonly ReimburseStatus[];

/** A card as its user showed it: chooseInvoice gives both. */
export class CardRequest {
  @IsString()
  @MinLength(1)
  @MaxLength(64)
  card_id!: string;
  /** base64, also as a form, a link or a mail has bent it: blanks for `+`, %2B, line breaks */
  @IsString()
  @MinLength(1)
  @MaxLength(1024)
  encrypt_code!: string;
  /** The issuer’s, as chooseInvoice gives it beside the two: taken, and not needed */
  @IsOptional()
  @IsString()
  @MaxLength(64)
  app_id?: string;
}

export class CardPdfRequest extends CardRequest {
  /** The invoice, or its attachment (行程单, 水单) */
  @IsOptional()
  @IsIn(['pdf', 'trip_pdf'])
  part?: 'pdf' | 'trip_pdf';
}

export class CardBatchRequest {
  /** choose_invoice_info as chooseInvoice gives it, a list or the JSON text of one */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_CARDS)
  @ValidateNested({ each: true })
  @Type(() => CardRequest)
  item_list!: CardRequest[];
}

export class CardStatusRequest extends CardRequest {
  /** INIT 解锁, LOCK 锁定, CLOSURE 报销 (cannot be undone); CANCEL is the issuer's and is refused */
  @IsIn(STATUSES)
  reimburse_status!: (typeof STATUSES)[number];
}

export class CardStatusBatchRequest {
  /** The user, as a query by this account named him */
  @IsString()
  @MinLength(1)
  @MaxLength(64)
  openid!: string;
  @IsIn(STATUSES)
  reimburse_status!: (typeof STATUSES)[number];
  /** All of them change, or none; a list or the JSON text of one */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_CARDS)
  @ValidateNested({ each: true })
  @Type(() => CardRequest)
  invoice_list!: CardRequest[];
}

/** Decided by the digits, never by WeChat's contradictory field names. */
export class NumbersView {
  /** 发票号码 */
  number!: string;
  /** 发票代码; empty on a 数电票 */
  code!: string;
  /** 票种; unknown where the digits fit no invoice */
  kind!: string;
}

/** WeChat's answer, field by field, and the numbers. */
/** An invoice card as WeChat shows it to a reimburser, and which of its numbers is which. */
export class CardItemView {
  card_id!: string;
  openid?: string;
  type?: string;
  payee?: string;
  detail?: string;
  /** The card's life, in seconds since 1970 */
  @ApiProperty({ required: false, type: 'integer' })
  begin_time?: number;
  @ApiProperty({ required: false, type: 'integer' })
  end_time?: number;
  user_card_status?: string;
  user_info!: Record<string, unknown>;
  invoice!: NumbersView;
}

export class CardView extends CardItemView {
  @ApiProperty({ type: 'integer' })
  errcode!: number;
  errmsg!: string;
}

export class CardBatchView {
  @ApiProperty({ type: 'integer' })
  errcode!: number;
  errmsg!: string;
  item_list!: CardItemView[];
  /** Where WeChat answered fewer invoices than were asked for: what that means */
  advice?: string;
  advice_en?: string;
}

export class DoneView {
  @ApiProperty({ type: 'integer' })
  errcode!: number;
  errmsg!: string;
}
