import { EventEmitter } from 'node:events';
import { Duplex } from 'node:stream';
import { DatabaseError, Pool, PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver';
import { firstUrl } from '../database-hosts';
import { Account, WechatTicket, WechatToken } from './entities/account';
import { Reinsertion, Resolution } from './entities/act';
import { AllowanceRow } from './entities/allowance';
import { BulkReinsertion, BulkReinsertionOrder } from './entities/bulk-reinsertion';
import { Attempt, OpenAttempt } from './entities/attempt';
import { Authorization } from './entities/authorization';
import { Callback, RefusedPush } from './entities/callback';
import { AuditVerification } from './entities/audit-verification';
import { AuditAnchor, AuditHead, AuditRow } from './entities/audit';
import { Event } from './entities/event';
import { Evidence, Installation, WorkerBeat } from './entities/evidence';
import { DropInMedia, GatewayToken } from './entities/gateway';
import { Hold } from './entities/hold';
import { IdempotencyKey } from './entities/idempotency-key';
import { InsertionRow } from './entities/insertion';
import { Merchant, MerchantKey } from './entities/merchant';
import { Operator } from './entities/operator';
import { Cancellation } from './entities/cancellation';
import { Finding, ReconciliationRun, ReconciliationSpending, StatementLine } from './entities/reconciliation';
import { RecurringJob } from './entities/recurring-job';
import { LiveInvoice, Order, OrderRevision, StoredPdf } from './entities/order';
import { Report, ReportPart } from './entities/report';
import { WebhookAttempt, WebhookDelivery, WebhookEndpoint, WebhookSequence } from './entities/webhook';
import { ReimbursementIntent, ShownCardRow } from './entities/reimbursement';
import { SealingKey } from './entities/sealing-key';
import { Template } from './entities/template';
import { clientOf } from './hosts';
import { MIGRATIONS } from './migrations';

export interface PoolOptions {
  poolSize?: number;
  /** Client-side, because a pooler in transaction mode refuses session settings. Milliseconds; 0 for migrations. */
  queryTimeoutMs?: number;
}

/** PostgreSQL’s errcodes, appendix A. */
const READ_ONLY_SQL_TRANSACTION = '25006';
/** Class 53, insufficient resources: disk full, out of memory, too many connections. */
const INSUFFICIENT_RESOURCES = /^53/;
const SHORTAGE_MS = 5000;

const shortages = new WeakMap<DataSource, number>();

/** Whether PostgreSQL refused a statement within the last five seconds because it lacks room: reads may go on, orders may not. */
export function isShort(dataSource: DataSource): boolean {
  return performance.now() - (shortages.get(dataSource) ?? -Infinity) < SHORTAGE_MS;
}

/** The statement that was running tells its caller; the event itself has nothing to add. */
function unheard(): void {}

/** A connected pool that survives its connections: without these listeners a connection that breaks ends the process. */
export async function connect(url: string, options: PoolOptions = {}): Promise<DataSource> {
  const dataSource = await dataSourceFor(url, options).initialize();
  const pool = (dataSource.driver as PostgresDriver).master as Pool;
  pool.on('error', () => undefined);
  const listen = (client: PoolClient) => {
    if (client.listenerCount('error', unheard) > 0) return;
    client.on('error', unheard);
    heed(dataSource, client);
  };
  pool.on('connect', listen);
  // At every checkout too, because the pool made its first connection before anybody could listen.
  pool.on('acquire', listen);
  return dataSource;
}

/**
 * A session keeps what it began with: one that was opened while the server took no writes would refuse them for ever, and
 * the pool would hand it out again and again. It is given up at its first refusal.
 */
function heed(dataSource: DataSource, client: PoolClient): void {
  const { connection } = client as unknown as { connection: EventEmitter & { stream: Duplex } };
  connection.on('errorMessage', ({ code = '' }: DatabaseError) => {
    if (code === READ_ONLY_SQL_TRANSACTION) connection.stream.destroy();
    if (INSUFFICIENT_RESOURCES.test(code)) shortages.set(dataSource, performance.now());
  });
}

/** The one connection pool. What waits longer than the timeouts fails as a 503; it does not pile up. */
export function dataSourceFor(url: string, { poolSize = 16, queryTimeoutMs = 30_000 }: PoolOptions = {}): DataSource {
  return new DataSource({
    type: 'postgres',
    url: firstUrl(url),
    poolSize,
    entities: [
      Account,
      WechatToken,
      WechatTicket,
      Template,
      Authorization,
      Callback,
      RefusedPush,
      Merchant,
      MerchantKey,
      Order,
      OrderRevision,
      LiveInvoice,
      StoredPdf,
      InsertionRow,
      OpenAttempt,
      Attempt,
      Event,
      Evidence,
      Installation,
      WorkerBeat,
      SealingKey,
      Hold,
      Operator,
      AuditRow,
      IdempotencyKey,
      Reinsertion,
      Resolution,
      BulkReinsertion,
      BulkReinsertionOrder,
      AuditHead,
      AuditAnchor,
      AuditVerification,
      WebhookEndpoint,
      WebhookSequence,
      WebhookDelivery,
      WebhookAttempt,
      RecurringJob,
      AllowanceRow,
      ShownCardRow,
      ReimbursementIntent,
      GatewayToken,
      DropInMedia,
      ReconciliationRun,
      StatementLine,
      Finding,
      ReconciliationSpending,
      Report,
      ReportPart,
      Cancellation,
    ],
    migrations: MIGRATIONS,
    migrationsTableName: 'migrations',
    migrationsTransactionMode: 'each',
    synchronize: false,
    installExtensions: false,
    applicationName: 'piaoka',
    connectTimeoutMS: 5000,
    // Pipelined: statements of one transaction need not wait for each other's round trip (statement.ts).
    extra: { query_timeout: queryTimeoutMs, keepAlive: true, pipeline: true, Client: clientOf(url) },
  });
}
