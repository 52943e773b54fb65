import type { WorldOptions } from './state/world';

export interface SandboxOptions extends WorldOptions {
  host?: string;
  /** WeChat's paths; 0 takes any free port. */
  port?: number;
  controlPort?: number;
}

/** Reads SANDBOX_* of the environment; throws on a value it cannot use. */
export function settingsFrom(env: NodeJS.ProcessEnv): SandboxOptions {
  return {
    host: env['SANDBOX_HOST'] || '127.0.0.1',
    port: port('SANDBOX_PORT', env['SANDBOX_PORT'], 8790),
    controlPort: port('SANDBOX_CONTROL_PORT', env['SANDBOX_CONTROL_PORT'], 8791),
    accounts: accounts(env['SANDBOX_ACCOUNTS'] ?? ''),
    calm: ['1', 'true'].includes(env['SANDBOX_CALM'] ?? ''),
    seed: env['SANDBOX_SEED'] || undefined,
  };
}

function port(name: string, given: string | undefined, byDefault: number): number {
  if (given === undefined || given === '') return byDefault;
  const number = Number(given);
  if (Number.isInteger(number) && number >= 0 && number <= 65_535) return number;
  throw new Error(`${name} must be a port number, not "${given}"`);
}

/** `appid:secret,appid:secret`, or JSON `{"appid":"secret"}` or `[{"appid":"…","secret":"…"}]`. */
function accounts(given: string): ReadonlyMap<string, string> {
  const trimmed = given.trim();
  if (trimmed === '') return new Map();
  const pairs = /^[[{]/.test(trimmed) ? jsonPairs(trimmed) : trimmed.split(',').map((pair) => split(pair.trim()));
  if (pairs.every(([appid, secret]) => appid !== '' && typeof secret === 'string' && secret !== '')) {
    return new Map(pairs as [string, string][]);
  }
  throw new Error('SANDBOX_ACCOUNTS must be "appid:secret,appid:secret" or JSON {"appid":"secret"}');
}

function jsonPairs(text: string): [string, unknown][] {
  try {
    const given = JSON.parse(text) as Record<string, unknown> | { appid: string; secret: unknown }[];
    return Array.isArray(given) ? given.map(({ appid, secret }) => [appid, secret]) : Object.entries(given);
  } catch {
    return [['', undefined]];
  }
}

function split(pair: string): [string, string] {
  const colon = pair.indexOf(':');
  return colon < 0 ? ['', ''] : [pair.slice(0, colon), pair.slice(colon + 1)];
}
