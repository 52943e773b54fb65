import { Inject, Injectable, Logger, OnApplicationBootstrap } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { JobQueue, QUEUE } from './job-queue';
import { InvoiceOrder, OrderEvent, OrderPdf } from './order.entity';
import { WechatService } from './wechat.service';

@Injectable()
export class InsertionProcessor implements OnApplicationBootstrap {
  private readonly logger = new Logger(InsertionProcessor.name);

  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    @Inject(QUEUE) private readonly queue: JobQueue,
    private readonly wechat: WechatService,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.queue.work((id) => this.process(id), Number(process.env.CONCURRENCY));
  }

  private async process(id: string): Promise<void> {
    const order = await this.dataSource.getRepository(InvoiceOrder).findOneByOrFail({ id });
    if (order.state === 'inserted') return;
    const pdf = await this.dataSource.getRepository(OrderPdf).findOneByOrFail({ id });
    if (!order.mediaId) {
      order.mediaId = await this.wechat.setpdf(pdf.body);
      order.state = 'uploaded';
      await this.save(order);
    }
    order.cardCode = await this.wechat.insert(order, order.mediaId);
    order.state = 'inserted';
    await this.save(order);
    this.logger.log(`order ${order.orderId} inserted as ${order.cardCode}`);
  }

  private async save(order: InvoiceOrder): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      await manager.save(order);
      await manager.save(manager.create(OrderEvent, { orderId: order.id, type: order.state }));
    });
  }
}
