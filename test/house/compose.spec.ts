import { parseEnv } from 'node:util';
import { parse } from 'yaml';
import { loadConfig, SETTINGS } from '../../src/config';
import { settingsFrom } from '../../src/sandbox/settings';
import { filesBelow, read } from './repository';

interface Service {
  image?: string;
  build?: string;
  network_mode?: string;
  ports?: string[];
  networks?: string[];
  depends_on?: Record<string, { condition: string }>;
  environment?: Record<string, string>;
  healthcheck?: { test: string[] };
}

interface Compose {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
  networks?: Record<string, { internal?: boolean } | null>;
}

const { services, volumes } = parse(read('docker-compose.yml')) as Compose;
const { postgres, sandbox, service } = services as Record<'postgres' | 'sandbox' | 'service', Service>;

const production = parse(read('docker-compose.production.yml')) as Compose;

/** What the person who starts it has to give, and nothing else. */
const GIVEN = {
  POSTGRES_PASSWORD: 'p'.repeat(32),
  MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
  WECHAT_SECRET: 'any',
  BOOTSTRAP_MERCHANT_KEY: 'pk_5f0e9c37ab6d41825f7be0d39c6a1482',
};

test('compose starts PostgreSQL, the sandbox and the service, in that order', () => {
  expect(Object.keys(services)).toEqual(['postgres', 'sandbox', 'service']);
  expect(service.depends_on).toMatchObject({
    postgres: { condition: 'service_healthy' },
    sandbox: { condition: 'service_healthy' },
  });
  expect(postgres.healthcheck && sandbox.healthcheck).toBeDefined();
  expect(Object.keys(volumes)).toEqual(['postgres']);
});

test('the service reaches the sandbox by loopback, since plain http goes nowhere else', () => {
  expect(service.network_mode).toBe('service:sandbox');
  // Compose refuses both beside network_mode; the ports of the shared network stand at its owner.
  expect([service.ports, service.networks]).toEqual([undefined, undefined]);
  expect(sandbox.ports).toEqual(expect.arrayContaining(['127.0.0.1:3000:3000', '127.0.0.1:8791:8791']));
});

test('the service starts with what compose gives it, and the sandbox too', () => {
  const config = loadConfig(filledIn(service.environment));
  expect(config).toMatchObject({ HOST: '0.0.0.0', WECHAT_BASE_URL: 'http://127.0.0.1:8790', MIGRATE_ON_START: true });
  expect(new URL(config.DATABASE_URL as string)).toMatchObject({ hostname: 'postgres', password: 'p'.repeat(32) });
  expect(settingsFrom(filledIn(sandbox.environment))).toMatchObject({ host: '0.0.0.0', port: 8790, controlPort: 8791 });
});

test('to try it, an environment of a production machine changes nothing: WeChat stays the simulated one', () => {
  const { WECHAT_BASE_URL } = loadConfig(
    filledIn(service.environment, { WECHAT_BASE_URL: 'https://api.weixin.qq.com' }),
  );
  expect(WECHAT_BASE_URL).toBe('http://127.0.0.1:8790');
});

test('every name in an environment is a setting', () => {
  const known = new Set(
    filesBelow('src/sandbox', /^settings\.ts$/).flatMap((f) => read(f).match(/SANDBOX_\w+/g) ?? []),
  );
  expect(Object.keys(sandbox.environment ?? {}).filter((name) => !known.has(name))).toEqual([]);
  expect(Object.keys(service.environment ?? {}).filter((name) => !(name in SETTINGS))).toEqual([]);
  expect(known.has('SANDBOX_HOST') && !known.has('SANDBOX_HOSTS')).toBe(true);
});

const SECRET = /KEY(_PREVIOUS)?$|SECRET$|TOKEN$|PASSWORD$|^DATABASE_URL$/;

test.each([
  ['docker-compose.yml', services],
  ['docker-compose.production.yml', production.services],
])('no secret stands in %s: each is asked for, and compose stops without those it needs', (_file, all) => {
  const secrets = Object.values(all).flatMap(({ environment }) =>
    Object.entries(environment ?? {}).filter(([name]) => SECRET.test(name)),
  );
  const asked = secrets.filter(([, value]) => /\$\{\w+:\?[^}]+\}/.test(value)).map(([name]) => name);
  expect(asked).toEqual(expect.arrayContaining(['POSTGRES_PASSWORD', 'DATABASE_URL', 'MASTER_KEY', 'WECHAT_SECRET']));
  const others = secrets.filter(([name]) => !asked.includes(name));
  expect(others.map(([name]) => name)).toEqual(expect.arrayContaining(['MASTER_KEY_PREVIOUS', 'BOOTSTRAP_ADMIN_KEY']));
  expect(others.filter(([name, value]) => value !== `\${${name}:-}`)).toEqual([]);
});

test('an administrator, a rotated key and receivers in own networks can be given to both', () => {
  const given = {
    WECHAT_APPID: 'wx0',
    BOOTSTRAP_ADMIN_KEY: 'pk_9d27e1b54c8f63a0d1b94f7e2a6c0583',
    MASTER_KEY_PREVIOUS: Buffer.alloc(32, 8).toString('base64'),
    WEBHOOK_ALLOW: '172.16.0.0/12',
  };
  for (const environment of [service.environment, production.services.service?.environment]) {
    const { BOOTSTRAP_ADMIN_KEY, MASTER_KEY_PREVIOUS, WEBHOOK_ALLOW } = loadConfig(filledIn(environment, given));
    expect({ BOOTSTRAP_ADMIN_KEY, MASTER_KEY_PREVIOUS }).toEqual({
      BOOTSTRAP_ADMIN_KEY: given.BOOTSTRAP_ADMIN_KEY,
      MASTER_KEY_PREVIOUS: [given.MASTER_KEY_PREVIOUS],
    });
    expect(WEBHOOK_ALLOW).toEqual([{ network: '172.16.0.0/12' }]);
  }
});

describe('in production', () => {
  const { postgres, service } = production.services as Record<'postgres' | 'service', Service>;

  test('nothing is simulated: PostgreSQL, and a service that speaks to WeChat itself', () => {
    expect(Object.keys(production.services)).toEqual(['postgres', 'service']);
    expect(read('docker-compose.production.yml')).not.toMatch(/sandbox|8790|8791/i);
    const config = loadConfig(filledIn(service.environment, { WECHAT_APPID: 'wx0' }));
    expect(config).toMatchObject({
      HOST: '0.0.0.0',
      PORT: 3000,
      WECHAT_BASE_URL: 'https://api.weixin.qq.com',
      MIGRATE_ON_START: true,
      BOOTSTRAP_CARD_ID: null,
    });
    expect(new URL(config.DATABASE_URL as string)).toMatchObject({ hostname: 'postgres', password: 'p'.repeat(32) });
    expect(service.depends_on).toEqual({ postgres: { condition: 'service_healthy' } });
    expect(Object.keys(production.volumes)).toEqual(['postgres']);
  });

  test('every setting can be given, but for those that the file itself decides', () => {
    const passed = Object.keys(service.environment ?? {});
    const decided = ['DATABASE_DIRECT_URL', 'DATA_DIR', 'FAILPOINTS'];
    expect([...passed, ...decided].sort()).toEqual(Object.keys(SETTINGS).sort());
    // Names and defaults of .env.example, as they are, change nothing.
    const untouched = loadConfig(filledIn(service.environment, { WECHAT_APPID: 'wx0' }));
    const example = parseEnv(read('.env.example')) as Record<string, string>;
    expect(loadConfig(filledIn(service.environment, { ...example, WECHAT_APPID: 'wx0' }))).toEqual(untouched);
  });

  test('the database is reached by the service alone, and the service on this machine’s loopback', () => {
    expect([postgres.ports, postgres.networks, service.networks]).toEqual([
      undefined,
      ['database'],
      ['database', 'outside'],
    ]);
    expect(production.networks).toEqual({ database: { internal: true }, outside: null });
    expect(service.ports).toEqual(['${PUBLISH:-127.0.0.1:3000}:3000']);
  });

  test('the images are those of the file to try it with', () => {
    expect(postgres.image).toBe(services.postgres?.image);
    expect([service.image, service.build]).toEqual([services.service?.image, services.service?.build]);
  });
});

test('images are pinned, and the two programs are of one image', () => {
  expect(postgres.image).toMatch(/^postgres:18(\.\d+)?-bookworm$/);
  expect([service.build, sandbox.build]).toEqual(['.', '.']);
  expect(service.image).toBe(sandbox.image);
  const bases = [...read('Dockerfile').matchAll(/^FROM (\S+)/gm)].map(([, image]) => image);
  expect(bases).toEqual(['node:24-bookworm-slim', 'node:24-bookworm-slim']);
});

test('the image has the operators’ command', () => {
  const program = `/piaoka/${(JSON.parse(read('package.json')) as { bin: { piaoka: string } }).bin.piaoka}`;
  expect(read('Dockerfile')).toContain(`ln -s ${program} /usr/local/bin/piaoka\n`);
  expect(read('src/cli/main.ts')).toMatch(/^#!\/usr\/bin\/env node\n/);
});

/** As compose fills in: `${NAME}`, `${NAME:-default}`, `${NAME:?message}`. */
function filledIn(environment: Record<string, string> = {}, more: Record<string, string> = {}) {
  const given: Record<string, string> = { ...GIVEN, ...more };
  const fill = (text: string) =>
    text.replace(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_, name: string, kind?: string, rest?: string) => {
      if (given[name] !== undefined) return given[name];
      if (kind === '-') return rest ?? '';
      throw new Error(`${name} is not given`);
    });
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, fill(String(value))]));
}
