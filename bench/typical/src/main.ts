import 'reflect-metadata';
import { ConsoleLogger, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module';

/** One process of the comparison: ROLE=api takes orders, ROLE=worker sends them to WeChat. */
async function main(): Promise<void> {
  const logger = new ConsoleLogger({ logLevels: ['log', 'warn', 'error'], json: true });
  const app = await NestFactory.create<NestExpressApplication>(AppModule, { logger });
  app.useGlobalPipes(new ValidationPipe({ transform: true, whitelist: true, forbidNonWhitelisted: true }));
  app.enableShutdownHooks();
  await app.listen(Number(process.env.PORT), '127.0.0.1');
  process.stdout.write('ready\n');
}

main().catch((error: unknown) => {
  process.stderr.write(`${(error as Error).stack}\n`);
  process.exit(1);
});
