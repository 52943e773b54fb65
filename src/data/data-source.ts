import { EventEmitter } from 'node:events';
import { Duplex } from 'node:stream';
import { DatabaseError, Pool, PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver';
import { AccountsAndMerchants1763800000001 } from '../../migrations/1763800000001-accounts-and-merchants';
import { OrdersAndInsertions1763800000002 } from '../../migrations/1763800000002-orders-and-insertions';
import { UniqueAcrossMerchants1763800000003 } from '../../migrations/1763800000003-unique-across-merchants';
import { RolesAndRowSecurity1763800000004 } from '../../migrations/1763800000004-roles-and-row-security';
import { Guards1763800000005 } from '../../migrations/1763800000005-guards';
import { HoldsOperatorsAudit1763800000006 } from '../../migrations/1763800000006-holds-operators-audit';
import { Webhooks1763800000040 } from '../../migrations/1763800000040-webhooks';
import { MerchantRules1763800000050 } from '../../migrations/1763800000050-merchant-rules';
import { AccountsAndTemplates1763800000070 } from '../../migrations/1763800000070-accounts-and-templates';
import { AuthorizationsAndCallbacks1763800000071 } from '../../migrations/1763800000071-authorizations-and-callbacks';
import { AuditHeads1763800000041 } from '../../migrations/1763800000041-audit-heads';
import { Tickets1763800000080 } from '../../migrations/1763800000080-tickets';
import { RecurringJobs1763800000030 } from '../../migrations/1763800000030-recurring-jobs';
import { Reimbursements1763800000081 } from '../../migrations/1763800000081-reimbursements';
import { Settlements1763800000020 } from '../../migrations/1763800000020-settlements';
import { IdempotencyKeys1763800000021 } from '../../migrations/1763800000021-idempotency-keys';
import { ActsOfOperators1763800000022 } from '../../migrations/1763800000022-acts-of-operators';
import { GatewayTokens1763800000082 } from '../../migrations/1763800000082-gateway-tokens';
import { Reports1763800000105 } from '../../migrations/1763800000105-reports';
import { Reconciliation1763800000031 } from '../../migrations/1763800000031-reconciliation';
import { Cancellations1763800000032 } from '../../migrations/1763800000032-cancellations';
import { Lineage1763800000033 } from '../../migrations/1763800000033-lineage';
import { OrderRevisions1763800000097 } from '../../migrations/1763800000097-order-revisions';
import { FromEnvironment1763800000110 } from '../../migrations/1763800000110-from-environment';
import { UnreadablePushes1763800000116 } from '../../migrations/1763800000116-unreadable-pushes';
import { CallbacksReceived1763800000118 } from '../../migrations/1763800000118-callbacks-received';
import { OrderConsumed1763800000119 } from '../../migrations/1763800000119-order-consumed';
import { FormerIssuers1763800000120 } from '../../migrations/1763800000120-former-issuers';
import { OrdersByPdf1763800000121 } from '../../migrations/1763800000121-orders-by-pdf';
import { ReportPartsAnew1763800000122 } from '../../migrations/1763800000122-report-parts-anew';
import { BroughtForwardOnce1763800000123 } from '../../migrations/1763800000123-brought-forward-once';
import { OneCardASale1763800000124 } from '../../migrations/1763800000124-one-card-a-sale';
import { WebhookRotations1763800000125 } from '../../migrations/1763800000125-webhook-rotations';
import { AnchorKeys1763800000126 } from '../../migrations/1763800000126-anchor-keys';
import { TakenElsewhere1763800000127 } from '../../migrations/1763800000127-taken-elsewhere';
import { ToldAnew1763800000128 } from '../../migrations/1763800000128-told-anew';
import { StableGatewayTokens1763800000146 } from '../../migrations/1763800000146-stable-gateway-tokens';
import { OperatorMakers1763800000150 } from '../../migrations/1763800000150-operator-makers';
import { AuditVerifications1763800000151 } from '../../migrations/1763800000151-audit-verifications';
import { RedirectDomains1763800000152 } from '../../migrations/1763800000152-redirect-domains';
import { UploadQuota1763800000153 } from '../../migrations/1763800000153-upload-quota';
import { RestoresRemembered1763800000147 } from '../../migrations/1763800000147-restores-remembered';
import { LivingWorkers1763800000148 } from '../../migrations/1763800000148-living-workers';
import { HeldTemplates1763800000149 } from '../../migrations/1763800000149-held-templates';
import { DoubtsTold1763800000186 } from '../../migrations/1763800000186-doubts-told';
import { Allowances1763800000177 } from '../../migrations/1763800000177-allowances';
import { HeldAccounts1763800000176 } from '../../migrations/1763800000176-held-accounts';
import { SealingKeys1763800000160 } from '../../migrations/1763800000160-sealing-keys';
import { SealedFiles1763800000161 } from '../../migrations/1763800000161-sealed-files';
import { RefusedPushes1763800000145 } from '../../migrations/1763800000145-refused-pushes';
import { ReimbursementTold1763800000130 } from '../../migrations/1763800000130-reimbursement-told';
import { AuthorizationMessages1763800000117 } from '../../migrations/1763800000117-authorization-messages';
import { EarlyTokenDeaths1763800000112 } from '../../migrations/1763800000112-early-token-deaths';
import { PushesInOrder1763800000111 } from '../../migrations/1763800000111-pushes-in-order';
import { Statements1763800000113 } from '../../migrations/1763800000113-statements';
import { AttemptsByAnswer1763800000099 } from '../../migrations/1763800000099-attempts-by-answer';
import { EvidenceAfterDenial1763800000100 } from '../../migrations/1763800000100-evidence-after-denial';
import { BulkReinsertions1763800000098 } from '../../migrations/1763800000098-bulk-reinsertions';
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
    migrations: [
      AccountsAndMerchants1763800000001,
      OrdersAndInsertions1763800000002,
      UniqueAcrossMerchants1763800000003,
      RolesAndRowSecurity1763800000004,
      Guards1763800000005,
      HoldsOperatorsAudit1763800000006,
      Settlements1763800000020,
      IdempotencyKeys1763800000021,
      ActsOfOperators1763800000022,
      Webhooks1763800000040,
      AuditHeads1763800000041,
      RecurringJobs1763800000030,
      MerchantRules1763800000050,
      AccountsAndTemplates1763800000070,
      AuthorizationsAndCallbacks1763800000071,
      Reconciliation1763800000031,
      Cancellations1763800000032,
      Lineage1763800000033,
      Tickets1763800000080,
      Reimbursements1763800000081,
      GatewayTokens1763800000082,
      OrderRevisions1763800000097,
      FromEnvironment1763800000110,
      PushesInOrder1763800000111,
      EarlyTokenDeaths1763800000112,
      UnreadablePushes1763800000116,
      AuthorizationMessages1763800000117,
      CallbacksReceived1763800000118,
      OrderConsumed1763800000119,
      FormerIssuers1763800000120,
      OrdersByPdf1763800000121,
      ReportPartsAnew1763800000122,
      BroughtForwardOnce1763800000123,
      OneCardASale1763800000124,
      WebhookRotations1763800000125,
      AnchorKeys1763800000126,
      TakenElsewhere1763800000127,
      ToldAnew1763800000128,
      ReimbursementTold1763800000130,
      RefusedPushes1763800000145,
      StableGatewayTokens1763800000146,
      RestoresRemembered1763800000147,
      LivingWorkers1763800000148,
      HeldTemplates1763800000149,
      DoubtsTold1763800000186,
      HeldAccounts1763800000176,
      Allowances1763800000177,
      SealingKeys1763800000160,
      SealedFiles1763800000161,
      OperatorMakers1763800000150,
      AuditVerifications1763800000151,
      RedirectDomains1763800000152,
      UploadQuota1763800000153,
      Statements1763800000113,
      BulkReinsertions1763800000098,
      Reports1763800000105,
      AttemptsByAnswer1763800000099,
      EvidenceAfterDenial1763800000100,
    ],
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
