import { parse } from 'yaml';
import { loadConfig, SETTINGS } from '../../src/config';
import { settingsFrom } from '../../src/sandbox/settings';
import { filesBelow, read } from './repository';

interface Service {
  image?: string;
  build?: string;
  network_mode?: string;
  ports?: string[];
  networks?: unknown;
  depends_on?: Record<string, { condition: string }>;
  environment?: Record<string, string>;
  healthcheck?: { test: string[] };
}

const { services, volumes } = parse(read('docker-compose.yml')) as {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
};
const { postgres, sandbox, service } = services as Record<'postgres' | 'sandbox' | 'service', Service>;

/** What the person who starts it has to give, and nothing else. */
const GIVEN = {
  POSTGRES_PASSWORD: 'p'.repeat(32),
  MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
  WECHAT_SECRET: 'any',
  BOOTSTRAP_MERCHANT_KEY: 'k'.repeat(32),
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

test('every name in an environment is a setting', () => {
  const known = new Set(
    filesBelow('src/sandbox', /^settings\.ts$/).flatMap((f) => read(f).match(/SANDBOX_\w+/g) ?? []),
  );
  expect(Object.keys(sandbox.environment ?? {}).filter((name) => !known.has(name))).toEqual([]);
  expect(Object.keys(service.environment ?? {}).filter((name) => !(name in SETTINGS))).toEqual([]);
  expect(known.has('SANDBOX_HOST') && !known.has('SANDBOX_HOSTS')).toBe(true);
});

test('no secret stands in the file: each is asked for, and compose stops without it', () => {
  const secrets = Object.values(services).flatMap(({ environment }) =>
    Object.entries(environment ?? {}).filter(([name]) => /KEY$|SECRET$|PASSWORD$|^DATABASE_URL$/.test(name)),
  );
  expect(secrets.map(([name]) => name).sort()).toEqual([
    'BOOTSTRAP_MERCHANT_KEY',
    'DATABASE_URL',
    'MASTER_KEY',
    'POSTGRES_PASSWORD',
    'WECHAT_SECRET',
  ]);
  expect(secrets.filter(([, value]) => !/\$\{\w+:\?[^}]+\}/.test(value))).toEqual([]);
});

test('images are pinned, and the two programs are of one image', () => {
  expect(postgres.image).toMatch(/^postgres:18(\.\d+)?-bookworm$/);
  expect([service.build, sandbox.build]).toEqual(['.', '.']);
  expect(service.image).toBe(sandbox.image);
  const bases = [...read('Dockerfile').matchAll(/^FROM (\S+)/gm)].map(([, image]) => image);
  expect(bases).toEqual(['node:24-bookworm-slim', 'node:24-bookworm-slim']);
});

/** As compose fills in: `${NAME}`, `${NAME:-default}`, `${NAME:?message}`. */
function filledIn(environment: Record<string, string> = {}): Record<string, string> {
  const given: Record<string, string> = GIVEN;
  const fill = (text: string) =>
    text.replace(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_, name: string, kind?: string, rest?: string) => {
      if (given[name] !== undefined) return given[name];
      if (kind === '-') return rest ?? '';
      throw new Error(`${name} is not given`);
    });
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, fill(String(value))]));
}
