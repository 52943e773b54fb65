import { DynamicModule, Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ACCOUNT_CONTROLLERS, accountParts } from './account-parts';
import { Accounts } from './accounts/accounts';
import { anchorAudit } from './audit/anchors';
import { verifyQueued } from './audit/verifications';
import { KeptPushes, waitingPushes } from './callbacks/kept';
import { Config } from './config';
import { AdminOrders } from './console/admin-orders';
import { AdminOrdersController } from './console/admin-orders.controller';
import { AuditController } from './console/audit.controller';
import { BulkReinsertions } from './console/bulk-reinsertions';
import { BulkReinsertionsController } from './console/bulk-reinsertions.controller';
import { BulkRunner } from './console/bulk-runner';
import { HoldsController } from './console/holds.controller';
import { Jobs } from './console/jobs';
import { JobsController } from './console/jobs.controller';
import { KeysController } from './console/keys.controller';
import { MerchantKeysController } from './console/merchant-keys.controller';
import { MerchantsController } from './console/merchants.controller';
import { Operators } from './console/operators';
import { OperatorsController } from './console/operators.controller';
import { OrderActsController } from './console/order-acts.controller';
import { OrderStoryController } from './console/order-story.controller';
import { Reinsertions } from './console/reinsertions';
import { Resolutions } from './console/resolutions';
import { isShort } from './data/data-source';
import { Database } from './data/open-database';
import { Sealer } from './data/sealed';
import { SealingKeys } from './data/sealing-keys';
import { makeEngine } from './engine';
import { ErrorPagesController } from './http/error-pages.controller';
import { HealthController, Readiness } from './http/health.controller';
import { MetricsController } from './http/metrics.controller';
import { ProblemFilter } from './http/problem.filter';
import { ProcessorTurns } from './http/processor-turns';
import { SchemaChecks } from './http/schema-check';
import { WrongKeys } from './http/wrong-keys';
import { showQueues } from './insertion/queue-metrics';
import { WakeUpCalls } from './insertion/wake-up';
import { IdempotencyKeys } from './data/idempotency-keys';
import { IdempotencyStore } from './http/idempotency';
import { FileReader, limitsWithin } from './invoice-files/file-reader';
import { Log } from './log';
import { Merchants } from './merchants/merchants';
import { RequestLimits } from './merchants/request-limits';
import { Metrics } from './metrics';
import { AcceptOrders } from './orders/accept';
import { InvoiceCheck } from './orders/invoice-check';
import { InvoiceCheckController } from './orders/invoice-check.controller';
import { makeBooks } from './books';
import { CancellationsController } from './orders/cancellations.controller';
import { InvoiceReadController } from './orders/invoice-read.controller';
import { InvoiceReader } from './orders/invoice-reader';
import { OrderLimits, OrdersController } from './orders/orders.controller';
import { OrderReader } from './orders/orders.read';
import { PostOrders } from './orders/post-orders';
import { Turns } from './orders/turns';
import { ReconciliationsController } from './reconciliation/reconciliations.controller';
import { ReportsController } from './reconciliation/reports.controller';
import { StatementsController } from './reconciliation/statements.controller';
import { recurringJobs } from './schedule';
import { makeReimburser } from './reimburser';
import { JssdkController } from './reimbursement/jssdk.controller';
import { ReimbursementsController } from './reimbursement/reimbursements.controller';
import { deliveryQueue } from './webhooks/delivery.queue';
import { makeWebhooks, WEBHOOK_CONTROLLERS } from './webhooks/webhooks';
import { ReviseOrders } from './orders/revise-order';
import { RuleBookController } from './orders/rule-book.controller';
import { makeDropIn } from './wechat-shaped';

export interface Services {
  config: Config;
  database: Database;
  sealer: Sealer;
  keys: SealingKeys;
  log: Log;
}

/** What answers merchants and operators; a worker has none of it. */
const API = [
  OrdersController,
  InvoiceCheckController,
  InvoiceReadController,
  RuleBookController,
  HoldsController,
  OperatorsController,
  AdminOrdersController,
  OrderActsController,
  OrderStoryController,
  BulkReinsertionsController,
  AuditController,
  MerchantsController,
  MerchantKeysController,
  KeysController,
  CancellationsController,
  JobsController,
  ReconciliationsController,
  StatementsController,
  ReportsController,
  ReimbursementsController,
  JssdkController,
  ...WEBHOOK_CONTROLLERS,
];

/** Every part of the service and what it is made of. Controllers get their parts from Nest, parts get them from here. */
@Module({})
export class AppModule {
  static of({ config, database, sealer, keys, log }: Services): DynamicModule {
    const { dataSource } = database;
    const metrics = new Metrics();
    const accounts = new Accounts(dataSource, sealer);
    const files = new FileReader(limitsWithin(config.LEASE_SECONDS), (what, err) => log.error({ err }, what));
    const engine = makeEngine(config, dataSource, sealer, keys, accounts, files, metrics, log);
    const { runner, recentPdfs, transport, settlements } = engine;
    const calls = new WakeUpCalls(dataSource);
    const accept = new AcceptOrders(dataSource, sealer, metrics, (id, { files, ...digests }) => {
      recentPdfs.keep(files, { id, ...digests });
      if (config.ROLE === 'api') calls.call();
      else runner.wake();
    });
    const reader = new OrderReader(dataSource, sealer);
    const limits = new OrderLimits(config.MAX_PDF_BYTES, config.PDF_CHECK);
    const checks = new SchemaChecks();
    const invoiceReader = new InvoiceReader(checks, limits);
    const posts = new PostOrders(
      dataSource,
      accept,
      reader,
      sealer,
      invoiceReader,
      limits,
      new Turns(config.ACCEPT_CONCURRENCY),
    );
    const idempotencyKeys = new IdempotencyKeys(dataSource, sealer);
    const masterKeys = [config.MASTER_KEY, ...(config.MASTER_KEY_PREVIOUS ?? [])];
    const anchor = () => anchorAudit(dataSource, config.MASTER_KEY, log);
    const books = makeBooks(config, dataSource, sealer, accounts, engine, log);
    const reinsertions = new Reinsertions(dataSource, sealer, settlements, new ReviseOrders(sealer, limits));
    const bulkRunner = new BulkRunner(dataSource, settlements, reinsertions, log);
    const duties = {
      bulkRunner,
      dataSource,
      idempotencyKeys,
      anchorAudit: anchor,
      verifyAudit: () => verifyQueued(dataSource, masterKeys),
      reconcileCron: config.RECONCILE_CRON,
      ...books,
    };
    const jobs = new Jobs(dataSource, recurringJobs(duties));
    const merchants = new Merchants(dataSource);
    const wrongKeys = new WrongKeys(config.WRONG_KEYS_PER_MINUTE, metrics, log);
    const requestLimits = new RequestLimits(dataSource, config.REQUESTS_PER_MINUTE);
    const { reimbursements, signing, gatewayTokens, gateway, doors } = makeReimburser(
      config,
      dataSource,
      sealer,
      accounts,
      merchants,
      wrongKeys,
      requestLimits,
      engine,
    );
    showQueues(metrics, dataSource, { webhook: deliveryQueue });
    const pushes = metrics.shared(() => waitingPushes(dataSource));
    metrics.onScrape('piaoka_pushes', 'WeChat’s pushes that fit nothing yet, or wait for a person', 'state', pushes);
    const acting = accountParts(config, dataSource, sealer, accounts, engine, reader, reimbursements, { metrics, log });
    const { authorizations, rejections } = acting;
    const { cancels } = books;
    const dropIn = makeDropIn(config, dataSource, engine, {
      ...{ merchants, wrongKeys, requestLimits, accounts, gatewayTokens, doors, authorizations, rejections, cancels },
      ...{ posts, reader, checks, sealer },
    });
    return {
      module: AppModule,
      controllers: [
        HealthController,
        MetricsController,
        ErrorPagesController,
        ...(config.ROLE === 'worker' ? [] : API),
        ...(config.ROLE === 'worker' ? [] : ACCOUNT_CONTROLLERS),
      ],
      providers: [
        ...parts(sealer, accounts, merchants, metrics, transport, runner, posts, reader, limits),
        ...parts(jobs),
        ...parts(...Object.values(books)),
        ...parts(...Object.values(acting)),
        ...parts(reimbursements, signing, gateway, dropIn),
        ...parts(files, invoiceReader, wrongKeys, requestLimits),
        ...parts(checks, new InvoiceCheck(checks, invoiceReader, limits)),
        ...parts(settlements, new ProblemFilter(log), new ProcessorTurns(), new Operators(dataSource)),
        ...parts(
          new AdminOrders(dataSource, sealer, new KeptPushes(dataSource, sealer)),
          reinsertions,
          new BulkReinsertions(dataSource),
          bulkRunner,
          new Resolutions(dataSource, settlements, config.IN_DOUBT_QUIET_SECONDS),
        ),
        ...parts(...makeWebhooks(config, dataSource, sealer, metrics, log)),
        { provide: IdempotencyStore, useValue: idempotencyKeys },
        { provide: DataSource, useValue: dataSource },
        { provide: Readiness, useValue: new Readiness(() => notReady(dataSource, sealer)) },
      ],
    };
  }
}

function notReady(dataSource: DataSource, sealer: Sealer) {
  if (isShort(dataSource)) return 'unavailable';
  return sealer.missing.size > 0 ? 'sealing_key_missing' : null;
}

function parts(...values: object[]) {
  return values.map((value) => ({ provide: value.constructor, useValue: value }));
}
