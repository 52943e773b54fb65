import { ApiProperty } from '@nestjs/swagger';
import { InvoiceView } from '../orders/invoice.api';
import { CheckedView, EventView, OrderView } from '../orders/orders.api';
import { ReinsertionView, ResolutionView } from './order-acts.api';

/** An order with its merchant, as operators list it. */
export class AdminOrderView extends OrderView {
  merchant_id!: string;
  merchant_name!: string;
  /** The account that issues it */
  issuer_appid!: string;
  /** What operators do about it now, 简体中文; `insertion.advice` is the merchant's */
  operator_advice!: string;
  operator_advice_en!: string;
}

export class AdminOrderPage {
  items!: AdminOrderView[];
  next_cursor!: string | null;
  has_more!: boolean;
}

/** A witness that came outside an attempt. */
export class EvidenceView {
  @ApiProperty({ enum: ['late_answer', 'event', 'person'] })
  kind!: string;
  at!: string;
  card_code!: string | null;
  @ApiProperty({ type: 'object', additionalProperties: true })
  data!: Record<string, unknown>;
}

/** What the order said before a re-insertion changed it. */
export class RevisionView {
  revision!: number;
  since!: string;
  until!: string;
  card_id!: string;
  invoice!: InvoiceView;
  /** Only where personal data of that revision cannot be opened */
  unreadable?: 'invoice'[];
  pdf_sha256!: string;
  checked?: CheckedView;
}

/** Everything an operator needs to know about one order, on one answer. */
/** A card code that WeChat pushed, of this order's card perhaps */
export class CandidateView {
  /** Its id at /v1/admin/callbacks */
  push!: string;
  received_at!: string;
  /** A push that was not encrypted proves nothing */
  encrypted!: boolean;
  card_code!: string;
  @ApiProperty({ type: 'string', nullable: true })
  status!: string | null;
}

export class AdminOrderDetail extends AdminOrderView {
  /** For If-Match: grows with every event of the order */
  version!: number;
  events!: EventView[];
  evidence!: EvidenceView[];
  /** While the card or its code is in doubt: pushes about cards of this template that fit no order by themselves */
  candidates!: CandidateView[];
  reinsertions!: ReinsertionView[];
  resolutions!: ResolutionView[];
  /** Earlier revisions, the first first; their PDFs at /pdf?revision= */
  revisions!: RevisionView[];
  /** What may be done now: reinsertion, revision (a reinsertion with changes), confirm_inserted, confirm_not_inserted, abandon */
  allowed_acts!: string[];
  /** What to ask the user, ready to copy; null while there is nothing to ask */
  @ApiProperty({ type: 'string', nullable: true })
  question!: string | null;
  @ApiProperty({ type: 'string', nullable: true })
  question_en!: string | null;
}
