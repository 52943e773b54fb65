import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule } from '@nestjs/swagger';
import { FastifyReply, FastifyRequest, LogController } from 'fastify';
import { randomUUID } from 'node:crypto';
import { AccountCheck } from './accounts/account-check';
import { Accounts } from './accounts/accounts';
import { AppModule } from './app.module';
import { ProcessCallbacks } from './callbacks/process';
import { CALLBACK_JOB } from './callbacks/receive';
import { Config, ConfigError } from './config';
import { BulkRunner } from './console/bulk-runner';
import { JobRunner } from './console/job.runner';
import { Jobs } from './console/jobs';
import { Operators } from './console/operators';
import { tellDurability } from './data/durability';
import { pendingMigrations } from './data/migrate';
import { losesPreparedStatements } from './data/pooler';
import { Database, openDatabase } from './data/open-database';
import { asEngine } from './data/statement';
import { DropIn } from './drop-in/drop-in';
import { armFailpoints } from './failpoints';
import { applyFirstKeys } from './first-keys';
import { describeApi } from './http/api-document';
import { registerBodyParser } from './http/body-parser';
import { BodyReader, longestBody } from './http/body-reader';
import { HeldBodies } from './http/held-bodies';
import { guardPages, onlyKey, PageKeys } from './http/page-access';
import { answer, ProblemFilter, problemOf } from './http/problem.filter';
import { ProcessorTurns } from './http/processor-turns';
import { registerSafeHeaders } from './http/safe-headers';
import { SchemaChecks } from './http/schema-check';
import { WrongKeys } from './http/wrong-keys';
import { InsertionRunner } from './insertion/insertion.runner';
import { useMendedTemplates } from './insertion/mended-templates';
import { doubtAfterRestore } from './insertion/restored';
import { WakeUpListener } from './insertion/wake-up';
import { FileReader } from './invoice-files/file-reader';
import { Log } from './log';
import { Merchants } from './merchants/merchants';
import { openWechatDoors } from './reimburser';
import { InvoiceReader } from './orders/invoice-reader';
import { Reconciler } from './reconciliation/reconciler';
import { ReportMaker } from './reconciliation/report-maker';
import { openSealer } from './sealing';
import { DeliveryRunner } from './webhooks/delivery.runner';
import { TokenGateway } from './token-gateway/token-gateway';
import { Transport } from './wechat/transport';

export interface Service {
  /** Where it listens, e.g. http://127.0.0.1:3000. */
  url: string;
  /** Stops taking work, finishes what is on its way, and lets go of everything. */
  close(): Promise<void>;
}

/** Starts one process of the service: database, HTTP, worker. */
export async function startService(config: Config, log: Log): Promise<Service> {
  config.warnings.forEach((line) => log.warn(line));
  armFailpoints(config.FAILPOINTS);
  const database = await openDatabase(config, (line) => log.info(line));
  if (!config.MIGRATE_ON_START) await refusePendingMigrations(database);
  await refusePoolerThatForgets(database);
  await tellDurability(database.dataSource, log);
  const { sealer, keys } = await openSealer(database, config, log).catch(refusedAfter(database));
  const adapter = new FastifyAdapter({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    requestTimeout: 60_000,
    routerOptions: { maxParamLength: 200 },
    return503OnClosing: true,
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) =>
      answer(problemOf(error, log, request), request, reply),
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.of({ config, database, sealer, keys, log }),
    adapter,
    {
      bodyParser: false,
      logger: false,
      abortOnError: false,
    },
  );
  if (config.ROLE !== 'api' && ['full', 'warn'].includes(config.PDF_CHECK)) app.get(FileReader).keepWarm();
  logRequests(adapter, log);
  registerSafeHeaders(adapter.getInstance());
  guardPages(adapter.getInstance(), pageKeys(config, app.get(Merchants), app.get(Operators)), app.get(WrongKeys));
  registerBodyParser(adapter.getInstance());
  const bodies = new HeldBodies(longestBody(config.MAX_PDF_BYTES));
  app.useGlobalInterceptors(new BodyReader(bodies, config.MAX_PDF_BYTES, app.get(ProcessorTurns)));
  app.useGlobalFilters(app.get(ProblemFilter));
  if (config.ROLE !== 'worker') {
    openWechatDoors(adapter.getInstance(), app.get(TokenGateway), app.get(DropIn), bodies, log);
  }
  const document = describeApi(app);
  app.get(SchemaChecks).load(document);
  SwaggerModule.setup('docs', app, document, { jsonDocumentUrl: 'openapi.json', yamlDocumentUrl: 'openapi.yaml' });

  await app.get(Accounts).bootstrap(config);
  await applyFirstKeys(database.dataSource, config, log);
  await asEngine(database.dataSource, useMendedTemplates);
  await doubtAfterRestore(database.dataSource, config.IN_DOUBT_QUIET_SECONDS, log);
  await app.listen(config.PORT, config.HOST);
  const engine = config.ROLE === 'api' ? null : await startEngine(app, database, log);
  const url = await app.getUrl();
  log.info({ url, role: config.ROLE }, 'Piaoka is ready');
  let closing: Promise<void> | undefined;
  const close = async () => {
    // A kept-alive connection would hold the door open long after its last answer.
    const idle = setInterval(() => adapter.getHttpServer().closeIdleConnections(), 100);
    await app.close().finally(() => clearInterval(idle));
    await engine?.stop();
    await app.get(FileReader).close();
    await app.get(InvoiceReader).close();
    await app.get(Transport).close();
    keys.stop();
    await database.close();
  };
  return { url, close: () => (closing ??= close()) };
}

async function refusePendingMigrations(database: Database): Promise<void> {
  const pending = await pendingMigrations(database.dataSource);
  if (pending.length === 0) return;
  await database.close();
  throw new ConfigError([
    `MIGRATE_ON_START: 有 ${pending.length} 个数据库迁移未执行，请先运行 npm run db:migrate。 ` +
      `${pending.length} migrations are pending: run npm run db:migrate first`,
  ]);
}

function pageKeys({ METRICS_KEY, DOCS_ACCESS }: Config, merchants: Merchants, operators: Operators): PageKeys {
  const judge: PageKeys['docs'] = async (key, asking) => {
    const merchant = await merchants.judge(key, asking);
    return 'owner' in merchant ? merchant : operators.judge(key, asking);
  };
  return { metrics: METRICS_KEY ? onlyKey(METRICS_KEY) : null, docs: DOCS_ACCESS === 'key' ? judge : null };
}

async function refusePoolerThatForgets(database: Database): Promise<void> {
  if (!(await losesPreparedStatements(database.dataSource))) return;
  await database.close();
  throw new ConfigError([
    'DATABASE_URL: 连接池不保留预备语句。请用 PgBouncer 1.21 或更新版本并设 max_prepared_statements=200，或直连 PostgreSQL。 ' +
      'The pooler loses prepared statements: use PgBouncer 1.21 or later with max_prepared_statements=200, or PostgreSQL itself.',
  ]);
}

/** For a start that is refused. */
function refusedAfter(database: Database): (error: unknown) => Promise<never> {
  return async (error) => {
    await database.close();
    throw error;
  };
}

/** What only a worker runs: insertions with their ear for wake-up calls, webhooks, and the recurring jobs. */
async function startEngine(app: NestFastifyApplication, database: Database, log: Log) {
  const runner = app.get(InsertionRunner);
  const deliveries = app.get(DeliveryRunner);
  const listener = database.directUrl && new WakeUpListener(database.directUrl, () => runner.wake(), log);
  if (listener) await listener.start();
  const schedule = new JobRunner(database.dataSource, app.get(Jobs), log, {
    [CALLBACK_JOB]: (payload) => app.get(ProcessCallbacks).process((payload as { id: string }).id),
  });
  await schedule.start();
  runner.start();
  deliveries.start();
  const stopping = new AbortController();
  void checkAccounts(app.get(AccountCheck), stopping.signal, log);
  return {
    stop: async () => {
      stopping.abort();
      if (listener) await listener.stop();
      await Promise.all([app.get(Reconciler).stop(), app.get(BulkRunner).stop()]);
      app.get(ReportMaker).stop();
      await schedule.stop();
      await runner.stop();
      await deliveries.stop();
    },
  };
}

/** Tells what is missing at WeChat; it stops nothing. */
async function checkAccounts(check: AccountCheck, signal: AbortSignal, log: Log): Promise<void> {
  try {
    for (const { appid, finding } of await check.checkAll(signal)) {
      log.warn({ appid, finding: finding.code, errcode: finding.errcode }, finding.advice_en);
    }
  } catch (error) {
    if (!signal.aborted) log.warn({ err: error }, 'the accounts could not be checked');
  }
}

/** One line a request: route and outcome, never a body, a query or a key. */
function logRequests(adapter: FastifyAdapter, log: Log): void {
  adapter.getInstance().addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    done();
  });
  adapter.getInstance().addHook('onResponse', (request, reply, done) => {
    log.debug(
      {
        request: request.id,
        method: request.method,
        route: request.routeOptions.url ?? 'none',
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
      },
      'request',
    );
    done();
  });
}
