import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError, loadConfig } from '../../src/config';
import { environment } from '../support/world';

const DATABASE = 'postgres://localhost/piaoka';

describe('the configuration', () => {
  it('needs nothing: defaults, and a master key of its own, made once, readable by its owner only', () => {
    const DATA_DIR = join(mkdtempSync(join(tmpdir(), 'piaoka-config-')), 'data');
    const first = loadConfig({ DATA_DIR });
    expect(first).toMatchObject({
      PORT: 3000,
      ROLE: 'all',
      WECHAT_BASE_URL: 'https://api.weixin.qq.com',
      LEASE_SECONDS: 60,
    });
    expect(first.RETRY_SCHEDULE).toEqual([5, 60, 600, 3600, 21_600, 43_200]);
    expect(loadConfig({ DATA_DIR }).MASTER_KEY).toBe(first.MASTER_KEY);
    expect(statSync(join(DATA_DIR, 'master.key')).mode & 0o777).toBe(0o600);
    expect(Object.isFrozen(first)).toBe(true);
  });

  it('lists every fault at once', () => {
    const faults = faultsOf({
      PORT: 'x',
      ROLE: 'boss',
      RETRY_SCHEDULE: '5',
      WECHAT_BASE_URL: 'http://example.com',
      MASTER_KEY: 'short',
    });
    expect(faults.map((line) => line.split(':')[0])).toEqual([
      'PORT',
      'ROLE',
      'MASTER_KEY',
      'WECHAT_BASE_URL',
      'RETRY_SCHEDULE',
    ]);
  });

  it.each([
    ['DATABASE_URL without MASTER_KEY', { MASTER_KEY: '' }, 'MASTER_KEY'],
    ['half an account', { WECHAT_SECRET: '' }, 'WECHAT_APPID, WECHAT_SECRET'],
    [
      'a quiet period within the timeout',
      { IN_DOUBT_QUIET_SECONDS: '15', WECHAT_TIMEOUT_MS: '15000', LEASE_SECONDS: '60' },
      'IN_DOUBT_QUIET_SECONDS',
    ],
    [
      'a lease shorter than two calls',
      { WECHAT_TIMEOUT_MS: '15000', IN_DOUBT_QUIET_SECONDS: '75', LEASE_SECONDS: '29' },
      'LEASE_SECONDS',
    ],
    ['a merchant without an account', { WECHAT_APPID: '', WECHAT_SECRET: '' }, 'BOOTSTRAP_MERCHANT_KEY'],
    ['a short merchant key', { BOOTSTRAP_MERCHANT_KEY: 'short' }, 'BOOTSTRAP_MERCHANT_KEY'],
    ['a key of one letter', { BOOTSTRAP_ADMIN_KEY: 'a'.repeat(40) }, 'BOOTSTRAP_ADMIN_KEY'],
    ['a key of words', { METRICS_KEY: 'please-change-me-default-password-123' }, 'METRICS_KEY'],
  ])('refuses %s', (_, env, name) => {
    expect(faultsOf(environment(DATABASE, 'http://127.0.0.1:1', env)).map((line) => line.split(':')[0])).toEqual([
      name,
    ]);
  });

  it('a quiet period under timeout plus 60 s is a warning', () => {
    expect(loadConfig(environment(DATABASE, 'http://127.0.0.1:1')).warnings.join()).toContain('IN_DOUBT_QUIET_SECONDS');
  });

  it('reads secrets from files, and refuses both at once', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'piaoka-secret-')), 'secret');
    writeFileSync(file, 'from-a-file\n');
    const env = environment(DATABASE, 'http://127.0.0.1:1', { WECHAT_SECRET: '', WECHAT_SECRET_FILE: file });
    expect(loadConfig(env).WECHAT_SECRET).toBe('from-a-file');
    expect(faultsOf({ ...env, WECHAT_SECRET: 'too' })).toHaveLength(1);
    expect(readFileSync(file, 'utf8')).toBe('from-a-file\n');
  });

  it('never shows a secret in its faults', () => {
    const text = faultsOf({ MASTER_KEY: 'hunter2hunter2', BOOTSTRAP_MERCHANT_KEY: 'hunter2' }).join();
    expect(text).not.toContain('hunter2');
  });
});

function faultsOf(env: NodeJS.ProcessEnv): string[] {
  try {
    loadConfig(env);
  } catch (error) {
    return (error as ConfigError).faults;
  }
  return [];
}
