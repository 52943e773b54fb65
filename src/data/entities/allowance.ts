import { Column, Entity, PrimaryColumn } from 'typeorm';
import { safeInteger } from '../columns';

/** What a merchant has used in the period that began at `since`. */
@Entity('allowances')
export class AllowanceRow {
  @PrimaryColumn('uuid', { name: 'merchant_id', primaryKeyConstraintName: 'allowances_pkey' }) merchantId!: string;
  @PrimaryColumn('text', { primaryKeyConstraintName: 'allowances_pkey' }) what!: string;
  @Column('timestamptz') since!: Date;
  @Column('bigint', { transformer: safeInteger }) used!: number;
}
