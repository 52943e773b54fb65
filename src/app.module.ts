import { DynamicModule, Module } from '@nestjs/common';
import { hostname } from 'node:os';
import { randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import { Accounts } from './accounts/accounts';
import { Config } from './config';
import { Database } from './data/open-database';
import { Sealer } from './data/sealed';
import { HealthController } from './http/health.controller';
import { SchemaChecks } from './http/schema-check';
import { InsertionRunner } from './insertion/insertion.runner';
import { InsertionStore } from './insertion/insertion.store';
import { InsertionWorker } from './insertion/insertion.worker';
import { Uploader } from './insertion/upload';
import { Log } from './log';
import { Merchants } from './merchants/merchants';
import { AcceptOrders } from './orders/accept';
import { OrderLimits, OrdersController } from './orders/orders.controller';
import { OrderReader } from './orders/orders.read';
import { WechatClient } from './wechat/client';
import { TokenManager } from './wechat/tokens';
import { Transport } from './wechat/transport';

export interface Services {
  config: Config;
  database: Database;
  log: Log;
}

/** Every part of the service and what it is made of. Controllers get their parts from Nest, parts get them from here. */
@Module({})
export class AppModule {
  static of({ config, database, log }: Services): DynamicModule {
    const { dataSource } = database;
    const sealer = new Sealer(config.MASTER_KEY, config.MASTER_KEY_PREVIOUS);
    const accounts = new Accounts(dataSource, sealer);
    const merchants = new Merchants(dataSource);
    const transport = new Transport(config.WECHAT_BASE_URL, config.INSERT_CONCURRENCY * 2);
    const runner = insertionRunner(config, dataSource, sealer, accounts, transport, log);
    const accept = new AcceptOrders(dataSource, sealer, () => runner.wake());
    const checks = new SchemaChecks();
    const reader = new OrderReader(dataSource);
    const value = <T extends object>(part: T) => ({ provide: part.constructor, useValue: part });
    return {
      module: AppModule,
      controllers: [HealthController, ...(config.ROLE === 'worker' ? [] : [OrdersController])],
      providers: [
        ...[sealer, accounts, merchants, transport, runner, accept, checks, reader].map(value),
        value(new OrderLimits(config.MAX_PDF_BYTES)),
        { provide: DataSource, useValue: dataSource },
      ],
    };
  }
}

function insertionRunner(
  config: Config,
  dataSource: DataSource,
  sealer: Sealer,
  accounts: Accounts,
  transport: Transport,
  log: Log,
): InsertionRunner {
  const wechat = new WechatClient(transport, { call: config.WECHAT_TIMEOUT_MS, token: 5000 });
  const tokens = new TokenManager(dataSource, sealer, wechat, Math.random);
  const store = new InsertionStore(dataSource, sealer, { leaseSeconds: config.LEASE_SECONDS, batch: 64 });
  const worker = new InsertionWorker(
    store,
    accounts,
    new Uploader(store, tokens, wechat),
    tokens,
    wechat,
    {
      leaseSeconds: config.LEASE_SECONDS,
      policy: {
        inDoubt: config.IN_DOUBT_POLICY,
        quietSeconds: config.IN_DOUBT_QUIET_SECONDS,
        retrySchedule: config.RETRY_SCHEDULE,
        probeSchedule: config.PROBE_SCHEDULE,
        authorizationDeadlineSeconds: config.AUTHORIZATION_DEADLINE,
      },
    },
    log,
  );
  const name = `${hostname()}:${process.pid}:${randomBytes(4).toString('hex')}`;
  return new InsertionRunner(store, worker, { name, concurrency: config.INSERT_CONCURRENCY, pollMs: 500 }, log);
}
