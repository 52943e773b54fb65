import { ApiProperty } from '@nestjs/swagger';
import { IsArray, IsIn, IsOptional, IsString, MaxLength, MinLength } from 'class-validator';
import { WEBHOOK_TYPES, WebhookType } from './message';

/** Where messages go. */
export class WebhookEndpointRequest {
  /** https, a public host name, port 443 */
  @IsString()
  @MinLength(1)
  @MaxLength(2000)
  url!: string;
  /** Only these; absent: all types, also those that are yet to come */
  @ApiProperty({ required: false, isArray: true, enum: WEBHOOK_TYPES, minItems: 1, uniqueItems: true })
  @IsOptional()
  @IsArray()
  @IsIn(WEBHOOK_TYPES, { each: true })
  types?: WebhookType[];
  @IsOptional()
  @IsString()
  @MaxLength(200)
  description?: string;
}

export class WebhookEndpointView {
  id!: string;
  url!: string;
  description!: string;
  /** null: all types */
  types!: string[] | null;
  state!: 'enabled' | 'disabled';
  /** gone: it answered 410; failing: no success for five days */
  disabled_reason?: string;
  disabled_at?: string;
  /** Since when every attempt has failed */
  failing_since?: string;
  /** Until when the secret before the last rotation signs as well */
  previous_secret_until?: string;
  created_at!: string;
}

export class WebhookEndpointCreated extends WebhookEndpointView {
  /** `whsec_…` (Standard Webhooks): shown here only */
  secret!: string;
}

export class WebhookEndpointPage {
  items!: WebhookEndpointView[];
  next_cursor!: string | null;
  has_more!: boolean;
}

/** An endpoint as operators see it. */
export class MerchantWebhookEndpointView extends WebhookEndpointView {
  merchant_id!: string;
}

export class MerchantWebhookEndpointPage {
  items!: MerchantWebhookEndpointView[];
  next_cursor!: string | null;
  has_more!: boolean;
}

export class WebhookAttemptView {
  n!: number;
  /** delivered, gone, http_error, timeout, tls_error, address_refused, unreachable, secret_lost: rotate the secret */
  result!: string;
  http_status?: number;
  started_at!: string;
  ended_at!: string;
}

export class WebhookDeliveryView {
  /** The header webhook-id; the same at every repetition */
  id!: string;
  endpoint_id!: string;
  type!: string;
  /** What is sent as data, complete but for occurred_at and sequence */
  data!: Record<string, unknown>;
  /** Counts the messages about this order, or this authorisation, at this endpoint, without gaps; null: a test message */
  sequence!: number | null;
  occurred_at!: string;
  /** missed: the endpoint was disabled; ask for a redelivery or a replay */
  state!: 'pending' | 'delivered' | 'exhausted' | 'missed' | 'dropped';
  next_attempt_at?: string;
  delivered_at?: string;
  attempts!: WebhookAttemptView[];
  created_at!: string;
}

export class WebhookDeliveryPage {
  items!: WebhookDeliveryView[];
  next_cursor!: string | null;
  has_more!: boolean;
}

/** Everything that became a message in this time, delivered or not, goes again under its own id. */
export class WebhookReplayRequest {
  /** RFC 3339 with offset */
  @IsString()
  @MaxLength(40)
  from!: string;
  /** RFC 3339 with offset, exclusive */
  @IsString()
  @MaxLength(40)
  to!: string;
  @ApiProperty({ required: false, isArray: true, enum: WEBHOOK_TYPES, minItems: 1, uniqueItems: true })
  @IsOptional()
  @IsArray()
  @IsIn(WEBHOOK_TYPES, { each: true })
  types?: WebhookType[];
}

/** Why an operator acts on a merchant's messages */
export class WebhookReasonRequest {
  /** Kept in the audit trail */
  @IsString()
  @MinLength(1)
  @MaxLength(500)
  reason!: string;
}

export class AdminWebhookReplayRequest extends WebhookReplayRequest {
  /** Kept in the audit trail */
  @IsString()
  @MinLength(1)
  @MaxLength(500)
  reason!: string;
}

export class WebhookReplayView {
  endpoint_id!: string;
  /** How many messages are due again */
  deliveries!: number;
}
