import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** An order begun anew by an operator. */
@Entity('reinsertions')
@Index('reinsertions_of_order', ['merchantId', 'orderUuid'])
export class Reinsertion {
  @PrimaryColumn('uuid', { name: 'merchant_id', primaryKeyConstraintName: 'reinsertions_pkey' }) merchantId!: string;
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'reinsertions_pkey' }) id!: string;
  @Column('uuid', { name: 'order_uuid' }) orderUuid!: string;
  @Column('text') operator!: string;
  @Column('text') reason!: string;
  /** The revision it made; null: the order says what it said. */
  @Column('integer', { nullable: true }) revision!: number | null;
  @Column('timestamptz', { name: 'created_at', default: () => 'now()' }) createdAt!: Date;
}

/** What operators decided about an order that evidence alone could not settle. */
@Entity('resolutions')
@Index('resolutions_of_order', ['merchantId', 'orderUuid'])
@Check('resolutions_kind', `kind IN ('confirm_inserted', 'confirm_not_inserted', 'abandon')`)
@Check('resolutions_state', `state IN ('pending', 'settled')`)
@Check('resolutions_settled', `(state = 'settled') = (settled_at IS NOT NULL)`)
@Check('resolutions_two_people', 'second_operator <> operator')
export class Resolution {
  @PrimaryColumn('uuid', { name: 'merchant_id', primaryKeyConstraintName: 'resolutions_pkey' }) merchantId!: string;
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'resolutions_pkey' }) id!: string;
  @Column('uuid', { name: 'order_uuid' }) orderUuid!: string;
  @Column('text') kind!: 'confirm_inserted' | 'confirm_not_inserted' | 'abandon';
  @Column('text') state!: 'pending' | 'settled';
  /** The order's latest event when the first person decided: what came later voids a decision that waits. */
  @Column('integer') version!: number;
  @Column('text') operator!: string;
  @Column('text') reason!: string;
  /** The second person's own request. */
  @Column('uuid', { name: 'second_id', nullable: true }) secondId!: string | null;
  @Column('text', { name: 'second_operator', nullable: true }) secondOperator!: string | null;
  @Column('text', { name: 'second_reason', nullable: true }) secondReason!: string | null;
  @Column('timestamptz', { name: 'created_at', default: () => 'now()' }) createdAt!: Date;
  @Column('timestamptz', { name: 'settled_at', nullable: true }) settledAt!: Date | null;
}
