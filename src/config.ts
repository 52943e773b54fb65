import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { hostsOf } from './database-hosts';
import { checkBootstrapKey, checkCallbackKey, checkCallbackToken, checkKey } from './setting-checks';
import {
  baseUrl,
  bytes,
  duration,
  failpoints,
  flag,
  integer,
  oneOf,
  places,
  prefixes,
  schedule,
  secret,
  secrets,
  Setting,
  shanghaiCron,
  text,
  ValueOf,
} from './settings';

/** Every setting of the service, in the order of `.env.example` (a test holds the two equal). */
export const SETTINGS = {
  PORT: integer(0, 65535, '3000', 'port of the REST API, /livez and /readyz'),
  HOST: text('127.0.0.1', 'address to listen on'),
  ROLE: oneOf(['all', 'api', 'worker'], 'all', 'api answers merchants, worker talks to WeChat, all does both'),
  LOG_LEVEL: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'silent'], 'info', 'least severe log line written'),

  DATABASE_URL: text(
    null,
    'PostgreSQL to use, host1,host2 if one of several takes writes; without it the service starts its own in DATA_DIR',
  ),
  DATABASE_DIRECT_URL: text(null, 'the same database past a pooler, for LISTEN; without it workers poll'),
  MIGRATE_ON_START: flag('true', 'run pending migrations at start, under a lock'),
  DATA_DIR: text('.data', 'where the own PostgreSQL and the own master key live'),
  MASTER_KEY: secret('32 bytes, base64: encrypts personal data and tokens; required with DATABASE_URL', checkKey),
  MASTER_KEY_PREVIOUS: secrets('keys before it, for reading, comma separated; db:keys says which are in use', checkKey),

  WECHAT_BASE_URL: baseUrl('https://api.weixin.qq.com', 'WeChat, or the sandbox (plain http only to loopback)'),
  WECHAT_APPID: text(null, 'appid of the issuing platform’s account (开票平台)'),
  WECHAT_SECRET: secret('its secret'),
  WECHAT_REIMBURSER_APPID: text(null, 'appid of the reimburser’s account (报销方); default WECHAT_APPID'),
  WECHAT_REIMBURSER_SECRET: secret('its secret'),
  WECHAT_CALLBACK_TOKEN: secret(
    'Token of the account’s push settings (消息推送), for WECHAT_APPID',
    checkCallbackToken,
  ),
  WECHAT_CALLBACK_AES_KEY: secret('its EncodingAESKey (43 characters)', checkCallbackKey),
  WECHAT_TOKEN_KIND: oneOf(['stable', 'plain'], 'stable', 'stable_token, or cgi-bin/token'),
  WECHAT_TIMEOUT_MS: integer(100, 60_000, '15000', 'deadline of one call to WeChat, in milliseconds'),
  BILLING_FIELDS: oneOf(
    ['current', 'classic'],
    'current',
    'current: billing_no = 号码; classic: billing_no = 代码 (legacy kinds)',
  ),

  BOOTSTRAP_MERCHANT_KEY: secret('creates the first merchant with this key (32 characters or more)', checkBootstrapKey),
  BOOTSTRAP_MERCHANT_APPID: text(null, 'its appid for authorisations; default WECHAT_APPID'),
  BOOTSTRAP_CARD_ID: text(null, 'its default card template (card_id)'),
  BOOTSTRAP_ADMIN_KEY: secret('key of the first administrator (32 characters or more)', checkBootstrapKey),
  WRONG_KEYS_PER_MINUTE: integer(
    1,
    1_000_000,
    '60',
    'wrong keys that one address may show one process; more are 429, and right ones served',
  ),
  METRICS_KEY: secret(
    'key (Bearer) that /metrics asks for; without it everybody who reaches PORT sees the figures',
    checkBootstrapKey,
  ),
  DOCS_ACCESS: oneOf(
    ['open', 'key'],
    'open',
    '/docs and /openapi.* for everybody, or for whoever has a key of a merchant or operator',
  ),

  LEASE_SECONDS: integer(2, 3600, '60', 'how long a claimed order is one worker’s'),
  IN_DOUBT_POLICY: oneOf(['probe', 'manual'], 'probe', 'settle doubtful inserts by probing, or by people only'),
  IN_DOUBT_QUIET_SECONDS: integer(1, 3600, '75', 'no probe earlier than this after a doubtful attempt'),
  RETRY_SCHEDULE: schedule('5s,1m,10m,1h,6h,12h', 'waits after each counted failure; after the last a person is asked'),
  PROBE_SCHEDULE: schedule('0s,5m,30m,2h,12h', 'waits after the quiet period before each probe'),
  AUTHORIZATION_DEADLINE: duration('30d', 'how long to wait for the user’s authorisation'),
  RECONCILE_CRON: shanghaiCron('10 3 * * *', 'when the reconciliation runs: five fields of cron, Asia/Shanghai'),
  INSERT_CONCURRENCY: integer(1, 1024, '32', 'orders one worker carries at the same time'),
  ACCEPT_CONCURRENCY: integer(
    1,
    4096,
    '256',
    'orders of one merchant that one process takes at the same time; more are 429',
  ),
  REQUESTS_PER_MINUTE: integer(
    0,
    10_000_000,
    '0',
    'requests of one merchant a minute, all processes together; more are 429; 0: no limit',
  ),
  PDF_CHECK: oneOf(
    ['full', 'fast', 'warn', 'off'],
    'full',
    'full: text and QR code are held against the order; fast: Info keys only; warn: full, never refusing; off',
  ),
  MAX_PDF_BYTES: bytes('5MiB', 'largest PDF taken; above 2MiB there is a warning'),
  UNUSED_UPLOADS: bytes('2048MiB', 'what one merchant’s setpdf may store that no insert has used; more is 45009'),

  GATEWAY_URL: text(null, 'page the token gateway signs for; default http://127.0.0.1:<PORT>/'),
  GATEWAY_URL_ALLOW: prefixes(
    'addresses below which pages may be signed, comma separated; unset: choose-invoice-config signs any page',
  ),

  WEBHOOK_SCHEDULE: schedule(
    '0s,5s,5m,30m,2h,5h,10h,10h',
    'waits before each attempt to deliver a webhook; after the last it is given up',
  ),
  WEBHOOK_TIMEOUT_MS: integer(100, 60_000, '15000', 'deadline of one webhook request, in milliseconds'),
  WEBHOOK_CONCURRENCY: integer(1, 1024, '64', 'webhook requests one worker has in flight'),
  WEBHOOK_ALLOW: places(
    'own networks (CIDR) and host:port that webhooks may reach beside port 443 of the public internet',
  ),

  FAILPOINTS: failpoints('tests only: places where the process dies, fails or dawdles (name=kill|throw|delay:ms[@n])'),
} satisfies Record<string, Setting<unknown>>;

type Settings = { readonly [K in keyof typeof SETTINGS]: ValueOf<(typeof SETTINGS)[K]> };
export type Config = Settings & { readonly MASTER_KEY: string; readonly warnings: readonly string[] };

export class ConfigError extends Error {
  constructor(readonly faults: string[]) {
    super(`The configuration is not usable. 配置有误：\n${faults.map((line) => `  - ${line}`).join('\n')}`);
  }
}

/** The whole configuration, frozen; or one ConfigError that lists every fault. */
export function loadConfig(env: NodeJS.ProcessEnv): Config {
  const faults: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(SETTINGS) as [string, Setting<unknown>][]) {
    try {
      const given = givenValue(env, name, setting) ?? setting.defaultText;
      values[name] = given === null ? null : setting.parse(given);
    } catch (error) {
      faults.push(`${name}: ${(error as Error).message}`);
    }
  }
  if (faults.length > 0) throw new ConfigError(faults);
  const settings = values as Settings;
  faults.push(...contradictions(settings));
  if (faults.length > 0) throw new ConfigError(faults);
  return Object.freeze({
    ...settings,
    MASTER_KEY: settings.MASTER_KEY ?? ownMasterKey(settings.DATA_DIR),
    warnings: Object.freeze(doubts(settings)),
  });
}

function givenValue(env: NodeJS.ProcessEnv, name: string, setting: Setting<unknown>): string | undefined {
  const value = env[name]?.trim() || undefined;
  const file = setting.secret ? env[`${name}_FILE`]?.trim() || undefined : undefined;
  if (value && file) throw new Error(`give either ${name} or ${name}_FILE, not both`);
  if (!file) return value;
  if (!existsSync(file)) throw new Error(`${name}_FILE names a file that does not exist`);
  return readFileSync(file, 'utf8').trim();
}

function contradictions(settings: Settings): string[] {
  const timeout = settings.WECHAT_TIMEOUT_MS / 1000;
  const faults: string[] = [];
  if (settings.DATABASE_URL && !settings.MASTER_KEY) {
    faults.push('MASTER_KEY: required with DATABASE_URL, so that all processes share one (openssl rand -base64 32)');
  }
  if (settings.DATABASE_URL && !/^postgres(ql)?:\/\//.test(settings.DATABASE_URL)) {
    faults.push('DATABASE_URL: must start with postgres:// or postgresql://');
  }
  faults.push(...unclearHosts(settings));
  if (!settings.WECHAT_APPID !== !settings.WECHAT_SECRET) {
    faults.push('WECHAT_APPID, WECHAT_SECRET: give both or neither');
  }
  if (!settings.WECHAT_REIMBURSER_APPID !== !settings.WECHAT_REIMBURSER_SECRET) {
    faults.push('WECHAT_REIMBURSER_APPID, WECHAT_REIMBURSER_SECRET: give both or neither');
  }
  if (settings.WECHAT_CALLBACK_AES_KEY && !settings.WECHAT_CALLBACK_TOKEN) {
    faults.push('WECHAT_CALLBACK_AES_KEY: needs WECHAT_CALLBACK_TOKEN, which signs what it encrypts');
  }
  if (settings.WECHAT_CALLBACK_TOKEN && !settings.WECHAT_CALLBACK_AES_KEY) {
    faults.push(
      'WECHAT_CALLBACK_TOKEN: needs WECHAT_CALLBACK_AES_KEY; every push would be refused without it (安全模式)',
    );
  }
  if (settings.WECHAT_CALLBACK_TOKEN && !settings.WECHAT_APPID) {
    faults.push('WECHAT_CALLBACK_TOKEN: needs WECHAT_APPID, the account whose pushes it signs');
  }
  if (settings.GATEWAY_URL && !(URL.canParse(settings.GATEWAY_URL) && /^https?:[^#]+$/.test(settings.GATEWAY_URL))) {
    faults.push('GATEWAY_URL: must be an http(s) address without fragment');
  }
  if (settings.BOOTSTRAP_MERCHANT_KEY && !settings.WECHAT_APPID) {
    faults.push(
      'BOOTSTRAP_MERCHANT_KEY: needs WECHAT_APPID and WECHAT_SECRET, the account that issues for the merchant',
    );
  }
  if (settings.IN_DOUBT_QUIET_SECONDS <= timeout) {
    faults.push(
      `IN_DOUBT_QUIET_SECONDS: must exceed WECHAT_TIMEOUT_MS (${timeout} s), else a probe meets its predecessor`,
    );
  }
  if (settings.LEASE_SECONDS < 2 * timeout) {
    faults.push(`LEASE_SECONDS: must be at least twice WECHAT_TIMEOUT_MS (${timeout} s)`);
  }
  return faults;
}

function unclearHosts(settings: Settings): string[] {
  return (['DATABASE_URL', 'DATABASE_DIRECT_URL'] as const).flatMap((name) => {
    try {
      hostsOf(settings[name] ?? '');
      return [];
    } catch (error) {
      return [`${name}: ${(error as Error).message}`];
    }
  });
}

function doubts(settings: Settings): string[] {
  const warnings: string[] = [];
  const safeQuiet = settings.WECHAT_TIMEOUT_MS / 1000 + 60;
  if (settings.IN_DOUBT_QUIET_SECONDS < safeQuiet) {
    warnings.push(`IN_DOUBT_QUIET_SECONDS is below the timeout plus 60 s (${safeQuiet}); fit for tests only`);
  }
  if (!settings.WECHAT_APPID) warnings.push('WECHAT_APPID is not set: no WeChat account, so no orders can be taken');
  return warnings;
}

/** Zero set-up: the key is made once and kept beside the data it protects, readable by its owner only. */
function ownMasterKey(dataDir: string): string {
  const directory = resolve(dataDir);
  const file = join(directory, 'master.key');
  mkdirSync(directory, { recursive: true });
  if (!existsSync(file)) {
    // Written aside and linked: of two processes that start at once both read the same, whole key.
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
    try {
      linkSync(draft, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      unlinkSync(draft);
    }
  }
  return readFileSync(file, 'utf8').trim();
}
