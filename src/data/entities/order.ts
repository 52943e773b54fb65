import { Check, Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';
import { Checked } from '../../domain/check-invoice';
import { PublicInvoice } from '../../domain/personal-data';

/** An order: what it is never changes, what it says is its newest revision. `person` is sealed with AAD `orders|<id>`. */
@Entity('orders')
@Unique('orders_natural_key', ['merchantId', 'appid', 'orderId'])
@Index('orders_across_merchants', ['appid', 'orderId'], { unique: true })
@Index('orders_by_time', ['merchantId', 'createdAt', 'id'])
@Index('orders_by_replaced', { synchronize: false })
@Index('orders_by_invoice_number', ['merchantId', 'invoiceNumber'])
@Index('orders_by_pdf', ['merchantId', 'pdfSha256'])
@Check('orders_sha256_length', 'octet_length(content_sha256) = 32 AND octet_length(pdf_sha256) = 32')
@Check('orders_revised', '(revision > 1) = (revised_at IS NOT NULL)')
export class Order {
  @PrimaryColumn('uuid', { name: 'merchant_id', primaryKeyConstraintName: 'orders_pkey' }) merchantId!: string;
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'orders_pkey' }) id!: string;
  @Column('text') appid!: string;
  @Column('text', { name: 'order_id' }) orderId!: string;
  @Column('text', { name: 'card_id' }) cardId!: string;
  @Column('text', { name: 'invoice_number' }) invoiceNumber!: string;
  @Column('jsonb') invoice!: PublicInvoice;
  @Column('bytea', { nullable: true }) person!: Buffer | null;
  @Column('bytea', { name: 'content_sha256' }) contentSha256!: Buffer;
  @Column('bytea', { name: 'pdf_sha256' }) pdfSha256!: Buffer;
  @Column('bytea', { name: 'trip_pdf_sha256', nullable: true }) tripPdfSha256!: Buffer | null;
  /** The order whose place this one takes. */
  @Column('uuid', { nullable: true }) replaces!: string | null;
  @Column('timestamptz', { name: 'created_at', default: () => 'now()' }) createdAt!: Date;
  /** By which book it was judged, and what that left in doubt. */
  @Column('jsonb', { nullable: true }) checked!: Checked | null;
  @Column('integer', { default: 1 }) revision!: number;
  @Column('timestamptz', { name: 'revised_at', nullable: true }) revisedAt!: Date | null;
  /** `stored_at` of its PDFs where they came with a revision; null: the order's own instant. */
  @Column('timestamptz', { name: 'files_at', nullable: true }) filesAt!: Date | null;
}

/** What an order said before it was revised; written once. `person` is sealed with the order's AAD, `orders|<id>`. */
@Entity('order_revisions')
export class OrderRevision {
  @PrimaryColumn('uuid', { name: 'merchant_id', primaryKeyConstraintName: 'order_revisions_pkey' }) merchantId!: string;
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'order_revisions_pkey' }) id!: string;
  @PrimaryColumn('integer', { primaryKeyConstraintName: 'order_revisions_pkey' }) revision!: number;
  @Column('text', { name: 'card_id' }) cardId!: string;
  @Column('text', { name: 'invoice_number' }) invoiceNumber!: string;
  @Column('jsonb') invoice!: PublicInvoice;
  @Column('bytea', { nullable: true }) person!: Buffer | null;
  @Column('bytea', { name: 'pdf_sha256' }) pdfSha256!: Buffer;
  @Column('bytea', { name: 'trip_pdf_sha256', nullable: true }) tripPdfSha256!: Buffer | null;
  @Column('timestamptz', { name: 'files_at' }) filesAt!: Date;
  @Column('jsonb', { nullable: true }) checked!: Checked | null;
  @Column('timestamptz') since!: Date;
  @Column('timestamptz') until!: Date;
}

/** One row for each invoice that is on its way or inserted: an invoice is never in two cards, nor a sale. */
@Entity('live_invoices')
@Unique('live_invoices_natural_key', ['merchantId', 'invoiceNumber', 'invoiceCode'])
@Index('live_invoices_across_merchants', ['invoiceNumber', 'invoiceCode'], { unique: true })
@Index('live_invoices_one_sale', ['merchantId', 'sale'], { unique: true })
export class LiveInvoice {
  @PrimaryColumn('uuid', { name: 'merchant_id', primaryKeyConstraintName: 'live_invoices_pkey' }) merchantId!: string;
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'live_invoices_pkey' }) id!: string;
  @Column('text', { name: 'invoice_code' }) invoiceCode!: string;
  @Column('text', { name: 'invoice_number' }) invoiceNumber!: string;
  /** The first order of those that take each other’s place; null once its card is to be cancelled. */
  @Column('uuid', { nullable: true }) sale!: string | null;
}

/** The bytes of an order's PDFs, AAD `pdfs|<id>|<part>`; SHA-256 pinned in `orders`. Partitioned by month of `stored_at`. */
@Entity('pdfs')
@Check('pdfs_part', `part IN ('pdf', 'trip_pdf')`)
export class StoredPdf {
  @PrimaryColumn('uuid', { name: 'merchant_id', primaryKeyConstraintName: 'pdfs_pkey' }) merchantId!: string;
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pdfs_pkey' }) id!: string;
  @PrimaryColumn('text', { primaryKeyConstraintName: 'pdfs_pkey' }) part!: 'pdf' | 'trip_pdf';
  @PrimaryColumn('timestamptz', { name: 'stored_at', primaryKeyConstraintName: 'pdfs_pkey' }) storedAt!: Date;
  @Column('bytea') body!: Buffer;
  /** False: stored as it is, before files were sealed. */
  @Column('boolean', { default: false }) sealed!: boolean;
}
