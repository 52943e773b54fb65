import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { SchemaChecks } from '../http/schema-check';
import { WrongKeys } from '../http/wrong-keys';
import { Merchants } from '../merchants/merchants';
import { RequestLimits } from '../merchants/request-limits';
import { InvoiceCheck } from '../orders/invoice-check';
import { InvoiceCheckController } from '../orders/invoice-check.controller';
import { InvoiceReader } from '../orders/invoice-reader';

/** One file, on whatever machine this is. */
const PATIENCE = { threads: 1, deadlineMs: 20_000, queue: 1, patienceMs: 60_000 };

/** The check of `POST /v1/invoices/check` without a service: the same shapes, the same rules, the same look into the PDF. */
export async function offlineCheck(maxPdfBytes: number): Promise<{ check: InvoiceCheck; reader: InvoiceReader }> {
  const checks = new SchemaChecks();
  const app = await NestFactory.create<NestFastifyApplication>(ShapesOnly, new FastifyAdapter(), { logger: false });
  checks.load(SwaggerModule.createDocument(app, new DocumentBuilder().setOpenAPIVersion('3.1.0').build()));
  await app.close();
  const reader = new InvoiceReader(checks, { maxPdfBytes }, PATIENCE);
  return { check: new InvoiceCheck(checks, reader, { maxPdfBytes, pdfCheck: 'full' }), reader };
}

/** Never answers anything: its shapes are described, and that is all. */
@Module({
  controllers: [InvoiceCheckController],
  providers: [
    { provide: InvoiceCheck, useValue: {} },
    { provide: Merchants, useValue: {} },
    { provide: RequestLimits, useValue: {} },
    { provide: WrongKeys, useValue: {} },
  ],
})
class ShapesOnly {}
