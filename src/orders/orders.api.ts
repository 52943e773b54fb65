import { ApiProperty, getSchemaPath, OmitType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsObject, IsOptional, IsString, Matches, MinLength, ValidateNested } from 'class-validator';
import { CancellationView } from './cancellations.api';
import { InvoiceRequest, InvoiceView } from './invoice.api';

/** WeChat documents no charset; these need no escaping in a path. `.` and `..` are steps there, which no client sends. */
export const ORDER_ID = /^(?!\.{1,2}$)[0-9A-Za-z_.|*@:~-]{1,64}$/;

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
  /** 重开: order_id of your order whose place this one takes; it must be cancelled, on its way there, refused or rejected */
  @ApiProperty({ required: false, pattern: ORDER_ID.source })
  @IsOptional()
  @IsString()
  @Matches(ORDER_ID)
  replaces?: string;
  @IsObject()
  @ValidateNested()
  @Type(() => InvoiceRequest)
  invoice!: InvoiceRequest;
}

/** An order whose invoice is what its PDF says. */
export class OrderDataFromFile extends OmitType(OrderData, ['invoice']) {
  /** The PDF is read at acceptance; what it lacks is named, and the order refused */
  @ApiProperty({ type: 'string', enum: ['from_file'] })
  @IsIn(['from_file'])
  invoice!: 'from_file';
}

/** An order as one JSON document. */
export class OrderRequest extends OrderData {
  /** The invoice's PDF, base64 */
  @IsString()
  @MinLength(1)
  pdf!: string;
  /** 行程单, 水单 or other attachment, PDF, base64; absent where it is "" */
  @IsOptional()
  @IsString()
  trip_pdf?: string;
}

/** The same, its invoice read from its PDF. */
export class OrderRequestFromFile extends OmitType(OrderRequest, ['invoice']) {
  /** The PDF is read at acceptance; what it lacks is named, and the order refused */
  @ApiProperty({ type: 'string', enum: ['from_file'] })
  @IsIn(['from_file'])
  invoice!: 'from_file';
}

/** An order as multipart/form-data: the fast way in, its files travel as they are. */
export class OrderForm {
  /** The order's JSON */
  @ApiProperty({ oneOf: [{ $ref: getSchemaPath(OrderData) }, { $ref: getSchemaPath(OrderDataFromFile) }] })
  order!: OrderData | OrderDataFromFile;
  /** The invoice's PDF */
  @ApiProperty({ type: 'string', format: 'binary' })
  pdf!: unknown;
  /** 行程单, 水单 or other attachment, PDF; absent where it is empty */
  @ApiProperty({ type: 'string', format: 'binary', required: false })
  trip_pdf?: unknown;
}

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

export class FaultView {
  /** JSON pointer (RFC 6901) */
  pointer!: string;
  code!: string;
  message!: string;
  message_en!: string;
  severity!: 'error' | 'warning';
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
  /** What the full check found in the PDF before it was sent: what differs, and where it stands */
  faults?: FaultView[];
  attempts!: AttemptView[];
  next_attempt_at?: string;
  /** What to do now, 简体中文 */
  advice!: string;
  advice_en!: string;
}

export class CheckedView {
  /** The version of the rules by which it was accepted */
  rules_version!: string;
  /** Codes of the rules that it left in doubt */
  warnings!: string[];
}

export class OrderView {
  id!: string;
  order_id!: string;
  appid!: string;
  card_id!: string;
  /** accepted, uploaded, held, sending, awaiting_authorization, in_doubt, likely_inserted, needs_human, inserted, refused, rejected, cancelled */
  state!: string;
  invoice!: InvoiceView;
  insertion!: InsertionView;
  /** Only where stored data cannot be opened (damaged, or their key is lost): invoice lacks personal data, holder lacks openid and unionid */
  unreadable?: ('invoice' | 'holder')[];
  checked?: CheckedView;
  /** 2 or more once a re-insertion has changed what the order says; `invoice` and the PDF are then the newest */
  revision?: number;
  revised_at?: string;
  /** 冲红, once it was asked for */
  cancellation?: CancellationView;
  /** order_id of the order whose place this one takes (重开) */
  replaces?: string;
  /** order_ids of the orders that take this one's place */
  replaced_by?: string[];
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
