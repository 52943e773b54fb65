import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { DataSource } from 'typeorm';
import { thrashOf } from './accounts/account-check';
import { Accounts } from './accounts/accounts';
import { SetUp } from './accounts/set-up';
import { Templates } from './accounts/templates';
import { Config } from './config';
import { Sealer } from './data/sealed';
import { SealingKeys } from './data/sealing-keys';
import { AccountLimits } from './insertion/account-limits';
import { BeforeSending } from './insertion/before-sending';
import { Holds } from './insertion/holds';
import { InsertionRunner } from './insertion/insertion.runner';
import { InsertionStore } from './insertion/insertion.store';
import { InsertionWorker } from './insertion/insertion.worker';
import { LateAnswers } from './insertion/late-answers';
import { PdfChecks } from './insertion/pdf-checks';
import { DatabasePdfs, RecentPdfs } from './insertion/pdf-store';
import { Recorder } from './insertion/recorder';
import { RestoreWatch } from './insertion/restored';
import { Settlements } from './insertion/settle';
import { Uploader } from './insertion/upload';
import { FileReader } from './invoice-files/file-reader';
import { Log } from './log';
import { Metrics } from './metrics';
import { AccountCalls } from './wechat/account-calls';
import { WechatClient } from './wechat/client';
import { TicketManager } from './wechat/tickets';
import { TokenManager } from './wechat/tokens';
import { Transport } from './wechat/transport';

/** PDFs of orders that were accepted here and are not yet uploaded, held in memory. */
const RECENT_PDF_BYTES = 64 * 1024 * 1024;
const POLL_MS = 500;
const TOKEN_TIMEOUT_MS = 5000;

export interface Engine {
  runner: InsertionRunner;
  recentPdfs: RecentPdfs;
  transport: Transport;
  wechat: WechatClient;
  tokens: TokenManager;
  tickets: TicketManager;
  settlements: Settlements;
  calls: AccountCalls;
  setUp: SetUp;
  templates: Templates;
}

/** The worker with everything it works with. */
export function makeEngine(
  config: Config,
  dataSource: DataSource,
  sealer: Sealer,
  keys: SealingKeys,
  accounts: Accounts,
  files: FileReader,
  metrics: Metrics,
  log: Log,
): Engine {
  // Twice the hands, as the runner may lend each of them once, and some for all other calls.
  const transport = new Transport(config.WECHAT_BASE_URL, 2 * config.INSERT_CONCURRENCY + 16, metrics);
  const wechat = new WechatClient(transport, { call: config.WECHAT_TIMEOUT_MS, token: TOKEN_TIMEOUT_MS });
  const tokens = new TokenManager(dataSource, sealer, wechat, Math.random, (deaths) => {
    log.warn(deaths, thrashOf(deaths)[0]?.advice_en);
  });
  const tickets = new TicketManager(dataSource, sealer, wechat, tokens);
  const calls = new AccountCalls(tokens, wechat);
  const setUp = new SetUp(accounts, calls);
  const templates = new Templates(dataSource, calls);
  const before = new BeforeSending(accounts, setUp, templates, calls);
  const limits = { leaseSeconds: config.LEASE_SECONDS, batch: 64 };
  const store = new InsertionStore(dataSource, sealer, limits, metrics, () => keys.look());
  const stored = new DatabasePdfs(dataSource, sealer, () => keys.look());
  const recentPdfs = new RecentPdfs(stored, config.ROLE === 'all' ? RECENT_PDF_BYTES : 0);
  const holds = new Holds(dataSource, Math.random);
  const settings = {
    leaseSeconds: config.LEASE_SECONDS,
    policy: {
      inDoubt: config.IN_DOUBT_POLICY,
      quietSeconds: config.IN_DOUBT_QUIET_SECONDS,
      retrySchedule: config.RETRY_SCHEDULE,
      probeSchedule: config.PROBE_SCHEDULE,
      authorizationDeadlineSeconds: config.AUTHORIZATION_DEADLINE,
    },
  };
  const settlements = new Settlements(settings.policy);
  const late = new LateAnswers(dataSource, sealer, settlements);
  const restored = new RestoreWatch(dataSource, config.IN_DOUBT_QUIET_SECONDS, log);
  const recorder = new Recorder(store, holds, late, restored, settings, log);
  const checks = new PdfChecks(dataSource, files, config.PDF_CHECK);
  const uploader = new Uploader(recentPdfs, checks, tokens, wechat);
  const worker = new InsertionWorker(
    store,
    accounts,
    before,
    uploader,
    tokens,
    wechat,
    holds,
    late,
    recorder,
    settings,
    log,
  );
  const runner = new InsertionRunner(
    store,
    worker,
    new AccountLimits(config.INSERT_CONCURRENCY),
    holds,
    restored,
    {
      leaseSeconds: config.LEASE_SECONDS,
      name: `${hostname()}:${process.pid}:${randomBytes(4).toString('hex')}`,
      concurrency: config.INSERT_CONCURRENCY,
      pollMs: POLL_MS,
    },
    metrics,
    log,
  );
  return { runner, recentPdfs, transport, wechat, tokens, tickets, settlements, calls, setUp, templates };
}
