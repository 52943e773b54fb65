import {
  Body,
  Controller,
  HttpCode,
  Post,
  UnprocessableEntityException,
  UploadedFile,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { FileInterceptor } from '@nestjs/platform-express';
import { plainToInstance } from 'class-transformer';
import { validate } from 'class-validator';
import { ApiKeyGuard } from './api-key.guard';
import { OrderDto } from './order.dto';
import { InvoiceOrder } from './order.entity';
import { OrdersService } from './orders.service';

const MAX_PDF_BYTES = 5 * 1024 * 1024;

@Controller('v1/orders')
@UseGuards(ApiKeyGuard)
export class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  @Post()
  @HttpCode(202)
  @UseInterceptors(FileInterceptor('pdf', { limits: { fileSize: MAX_PDF_BYTES } }))
  async create(@Body('order') json: string, @UploadedFile() pdf?: Express.Multer.File): Promise<InvoiceOrder> {
    const order = plainToInstance(OrderDto, JSON.parse(json));
    const faults = await validate(order, { whitelist: true, forbidNonWhitelisted: true });
    if (faults.length > 0) throw new UnprocessableEntityException(faults);
    if (!pdf || pdf.buffer.toString('latin1', 0, 5) !== '%PDF-') throw new UnprocessableEntityException('pdf');
    return this.orders.create(order, pdf.buffer);
  }
}
