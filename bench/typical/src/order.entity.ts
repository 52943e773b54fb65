import {
  Column,
  CreateDateColumn,
  Entity,
  Index,
  PrimaryColumn,
  PrimaryGeneratedColumn,
  UpdateDateColumn,
} from 'typeorm';
import { InvoiceDto } from './order.dto';

@Entity('invoice_order')
@Index(['appid', 'orderId'], { unique: true })
export class InvoiceOrder {
  @PrimaryGeneratedColumn('uuid') id!: string;
  @Column() orderId!: string;
  @Column() appid!: string;
  @Column() cardId!: string;
  @Column({ unique: true }) invoiceNumber!: string;
  @Column('jsonb') invoice!: InvoiceDto;
  @Column({ default: 'accepted' }) state!: 'accepted' | 'uploaded' | 'inserted' | 'failed';
  @Column('text', { nullable: true }) mediaId!: string | null;
  @Column('text', { nullable: true }) cardCode!: string | null;
  @CreateDateColumn() createdAt!: Date;
  @UpdateDateColumn() updatedAt!: Date;
}

@Entity('order_pdf')
export class OrderPdf {
  @PrimaryColumn('uuid') id!: string;
  @Column('bytea') body!: Buffer;
}

@Entity('order_event')
export class OrderEvent {
  @PrimaryGeneratedColumn() id!: number;
  @Index() @Column('uuid') orderId!: string;
  @Column() type!: string;
  @CreateDateColumn() at!: Date;
}
