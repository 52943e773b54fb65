import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ApiKeyGuard } from './api-key.guard';
import { InsertionProcessor } from './insertion.processor';
import { queueProvider } from './job-queue';
import { InvoiceOrder, OrderEvent, OrderPdf } from './order.entity';
import { OrdersController } from './orders.controller';
import { OrdersService } from './orders.service';
import { WechatService } from './wechat.service';

const isWorker = process.env.ROLE === 'worker';

@Module({
  imports: [
    TypeOrmModule.forRoot({
      type: 'postgres',
      url: process.env.DATABASE_URL,
      entities: [InvoiceOrder, OrderPdf, OrderEvent],
      synchronize: !isWorker,
      poolSize: 16,
    }),
    TypeOrmModule.forFeature([InvoiceOrder, OrderPdf, OrderEvent]),
  ],
  controllers: isWorker ? [] : [OrdersController],
  providers: [queueProvider, OrdersService, ApiKeyGuard, ...(isWorker ? [WechatService, InsertionProcessor] : [])],
})
export class AppModule {}
