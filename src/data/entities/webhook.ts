import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { safeInteger } from '../columns';

/** gone: the receiver answered 410 · failing: five days without a success. */
export type DisabledReason = 'gone' | 'failing';

/** Where a merchant hears what happened. Secrets are sealed with AAD `webhook_endpoints|<id>`. */
@Entity('webhook_endpoints')
@Check('webhook_endpoints_previous', '(previous_secret IS NULL) = (previous_until IS NULL)')
@Check('webhook_endpoints_failing', 'failing_since IS NULL OR last_failed_at IS NOT NULL')
@Check(
  'webhook_endpoints_disabled',
  `(disabled_at IS NULL) = (disabled_reason IS NULL) AND disabled_reason IN ('gone', 'failing')`,
)
export class WebhookEndpoint {
  @PrimaryColumn('uuid', { name: 'merchant_id', primaryKeyConstraintName: 'webhook_endpoints_pkey' })
  merchantId!: string;
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'webhook_endpoints_pkey' }) id!: string;
  @Column('text') url!: string;
  @Column('text') description!: string;
  /** Null: all types, also those that are yet to come. */
  @Column('text', { array: true, nullable: true }) types!: string[] | null;
  @Column('bytea') secret!: Buffer;
  /** Signs beside `secret` until `previousUntil`. */
  @Column('bytea', { name: 'previous_secret', nullable: true }) previousSecret!: Buffer | null;
  @Column('timestamptz', { name: 'previous_until', nullable: true }) previousUntil!: Date | null;
  /** Which rotation made the present secret. */
  @Column('uuid', { nullable: true }) rotation!: string | null;
  @Column('timestamptz', { name: 'created_at', default: () => 'now()' }) createdAt!: Date;
  /** The first of the failures since the last success. */
  @Column('timestamptz', { name: 'failing_since', nullable: true }) failingSince!: Date | null;
  @Column('timestamptz', { name: 'last_failed_at', nullable: true }) lastFailedAt!: Date | null;
  @Column('timestamptz', { name: 'disabled_at', nullable: true }) disabledAt!: Date | null;
  @Column('text', { name: 'disabled_reason', nullable: true }) disabledReason!: DisabledReason | null;
}

/** The latest sequence number of an order, or of an authorisation, at an endpoint, and what was told with it. */
@Entity('webhook_sequences')
@Index('webhook_sequences_by_endpoint', ['merchantId', 'endpointId'])
export class WebhookSequence {
  @PrimaryColumn('uuid', { name: 'merchant_id', primaryKeyConstraintName: 'webhook_sequences_pkey' })
  merchantId!: string;
  /** The order's id, or the authorisation's. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'webhook_sequences_pkey' }) id!: string;
  @PrimaryColumn('uuid', { name: 'endpoint_id', primaryKeyConstraintName: 'webhook_sequences_pkey' })
  endpointId!: string;
  @Column('integer') sequence!: number;
  @Column('jsonb', { nullable: true }) told!: Record<string, unknown> | null;
}

/**
 * One message for one endpoint, and its delivery's job. missed: the endpoint was disabled when it happened; it waits for a
 * replay. dropped: the endpoint was removed. Partitioned by month of `created_at`.
 */
@Entity('webhook_deliveries')
@Index('webhook_deliveries_due', { synchronize: false })
@Index('webhook_deliveries_by_time', ['merchantId', 'createdAt', 'id'])
@Index('webhook_deliveries_by_order', ['merchantId', 'orderUuid'])
@Check('webhook_deliveries_state', `state IN ('pending', 'delivered', 'exhausted', 'missed', 'dropped')`)
@Check('webhook_deliveries_due', `(state = 'pending') = (next_attempt_at IS NOT NULL)`)
@Check('webhook_deliveries_sequence', '(order_uuid IS NULL) = (sequence IS NULL)')
export class WebhookDelivery {
  @PrimaryColumn('uuid', { name: 'merchant_id', primaryKeyConstraintName: 'webhook_deliveries_pkey' })
  merchantId!: string;
  /** Also the header `webhook-id`. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'webhook_deliveries_pkey' }) id!: string;
  @PrimaryColumn('timestamptz', { name: 'created_at', primaryKeyConstraintName: 'webhook_deliveries_pkey' })
  createdAt!: Date;
  @Column('uuid', { name: 'endpoint_id' }) endpointId!: string;
  @Column('text') type!: string;
  /** The id of the order, or of the authorisation, that it tells of; null for a test message. */
  @Column('uuid', { name: 'order_uuid', nullable: true }) orderUuid!: string | null;
  @Column('integer', { nullable: true }) sequence!: number | null;
  @Column('timestamptz', { name: 'occurred_at' }) occurredAt!: Date;
  @Column('jsonb') data!: Record<string, unknown>;
  @Column('text') state!: 'pending' | 'delivered' | 'exhausted' | 'missed' | 'dropped';
  /** When the next attempt is due; while `claimedBy` is set, when the lease ends. */
  @Column('timestamptz', { name: 'next_attempt_at', nullable: true }) nextAttemptAt!: Date | null;
  @Column('text', { name: 'claimed_by', nullable: true }) claimedBy!: string | null;
  @Column('bigint', { default: 0, transformer: safeInteger }) fence!: number;
  @Column('integer', { default: 0 }) attempts!: number;
  /** Failures since the message was last made due by hand: the place in the schedule. */
  @Column('integer', { default: 0 }) failures!: number;
  @Column('timestamptz', { name: 'delivered_at', nullable: true }) deliveredAt!: Date | null;
}

/** One request to a receiver. Its answer's body is never kept. Partitioned by month of `ended_at`. */
@Entity('webhook_attempts')
export class WebhookAttempt {
  @PrimaryColumn('uuid', { name: 'merchant_id', primaryKeyConstraintName: 'webhook_attempts_pkey' })
  merchantId!: string;
  /** The delivery's id. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'webhook_attempts_pkey' }) id!: string;
  @PrimaryColumn('integer', { primaryKeyConstraintName: 'webhook_attempts_pkey' }) n!: number;
  @Column('timestamptz', { name: 'started_at' }) startedAt!: Date;
  @PrimaryColumn('timestamptz', { name: 'ended_at', primaryKeyConstraintName: 'webhook_attempts_pkey' })
  endedAt!: Date;
  @Column('text') result!: string;
  @Column('integer', { name: 'http_status', nullable: true }) httpStatus!: number | null;
}
