import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { JobQueue, QUEUE } from './job-queue';
import { OrderDto } from './order.dto';
import { InvoiceOrder, OrderEvent, OrderPdf } from './order.entity';

@Injectable()
export class OrdersService {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    @Inject(QUEUE) private readonly queue: JobQueue,
  ) {}

  /** Repeating an order gives the one that exists. */
  async create(dto: OrderDto, pdf: Buffer): Promise<InvoiceOrder> {
    const { order_id: orderId, appid, card_id: cardId, invoice } = dto;
    const existing = await this.dataSource.getRepository(InvoiceOrder).findOneBy({ appid, orderId });
    if (existing) return existing;
    const order = await this.dataSource.transaction(async (manager) => {
      const draft = manager.create(InvoiceOrder, { orderId, appid, cardId, invoice, invoiceNumber: invoice.number });
      const saved = await manager.save(draft);
      await manager.insert(OrderPdf, { id: saved.id, body: pdf });
      await manager.save(manager.create(OrderEvent, { orderId: saved.id, type: 'accepted' }));
      return saved;
    });
    await this.queue.add(order.id);
    return order;
  }
}
