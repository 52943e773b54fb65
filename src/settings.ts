import { isIP } from 'node:net';
import { parseCron } from './cron';
import { parseFailpoints } from './failpoints';

/**
 * How one environment variable becomes a value. A parser returns the value or throws a sentence that says what is wrong;
 * `config.ts` collects all of them.
 */
export interface Setting<T> {
  /** Shown in `.env.example`; null means: unset. */
  defaultText: string | null;
  /** The value may be given as a file's path in `<NAME>_FILE`. */
  secret: boolean;
  /** One line for `.env.example` and the README. */
  about: string;
  parse(text: string): T;
}

type Unset<D> = D extends null ? null : never;

function setting<T, D extends string | null>(
  parse: (text: string) => T,
  defaultText: D,
  about: string,
  secret = false,
) {
  return { defaultText, about, secret, parse } as Setting<T> & { defaultText: D };
}

/** The value's type: null is possible exactly where there is no default. */
export type ValueOf<S> = S extends Setting<infer T> & { defaultText: infer D } ? T | Unset<D> : never;

export const text = <D extends string | null>(defaultText: D, about: string) =>
  setting((value) => value, defaultText, about);

export const secret = (about: string, check: (value: string) => void = () => undefined) =>
  setting(
    (value) => {
      check(value);
      return value;
    },
    null,
    about,
    true,
  );

/** Several secrets, separated by commas or, in a file, by line ends. */
export const secrets = (about: string, check: (value: string) => void) =>
  setting(
    (value) => {
      const given = value.split(/[\s,]+/).filter((part) => part !== '');
      given.forEach(check);
      return Object.freeze<readonly string[]>(given);
    },
    null,
    about,
    true,
  );

export const oneOf = <const T extends readonly string[], D extends T[number]>(
  values: T,
  defaultText: D,
  about: string,
) =>
  setting(
    (value): T[number] => {
      if (!values.includes(value)) throw new Error(`must be one of ${values.join(', ')}`);
      return value;
    },
    defaultText as string,
    about,
  );

export const integer = (min: number, max: number, defaultText: string, about: string) =>
  setting(
    (value) => {
      const number = Number(value);
      if (!/^\d+$/.test(value) || number < min || number > max)
        throw new Error(`must be a whole number, ${min} to ${max}`);
      return number;
    },
    defaultText,
    about,
  );

export const flag = (defaultText: 'true' | 'false', about: string) =>
  setting(
    (value) => {
      if (value !== 'true' && value !== 'false') throw new Error('must be true or false');
      return value === 'true';
    },
    defaultText as string,
    about,
  );

export const failpoints = (about: string) => setting(parseFailpoints, null, about);

/** A size in bytes: `5MiB`, `512KiB` or a number. */
export const bytes = (defaultText: string, about: string) =>
  setting(
    (value) => {
      const match = /^(\d+)(KiB|MiB)?$/.exec(value);
      if (!match) throw new Error('must be a size such as 5MiB, 512KiB or 5242880');
      return Number(match[1]) * (match[2] === 'MiB' ? 1024 * 1024 : match[2] === 'KiB' ? 1024 : 1);
    },
    defaultText,
    about,
  );

export const duration = (defaultText: string, about: string) => setting(seconds, defaultText, about);

export const schedule = (defaultText: string, about: string) =>
  setting((value) => Object.freeze(value.split(',').map((part) => seconds(part.trim()))), defaultText, about);

/** Five fields of cron in Shanghai's time. */
export const shanghaiCron = (defaultText: string, about: string) =>
  setting((value) => parseCron(value, 'Asia/Shanghai'), defaultText, about);

/** https anywhere; plain http only to this machine, where the sandbox lives. */
export const baseUrl = (defaultText: string, about: string) =>
  setting(
    (value) => {
      const url = URL.canParse(value) ? new URL(value) : null;
      const loopback = url && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
      if (!url || !(url.protocol === 'https:' || (url.protocol === 'http:' && loopback))) {
        throw new Error('must be an https address (plain http only to loopback)');
      }
      if (url.search || url.hash || url.username) throw new Error('must have no query, fragment or user');
      return value.replace(/\/+$/, '');
    },
    defaultText,
    about,
  );

/** http(s) addresses, comma separated; each stands for itself and what lies below it. */
export const prefixes = (about: string) =>
  setting(
    (value) => {
      const given = value.split(',').map((part) => part.trim());
      const wrong = given.find((part) => !URL.canParse(part) || !/^https?:/.test(part) || /[?#]/.test(part));
      if (wrong !== undefined) throw new Error(`"${wrong}" is not an http(s) address without query and fragment`);
      return Object.freeze(given.map((part) => new URL(part).href));
    },
    null,
    about,
  );

/** A network as CIDR, or one host (name or address) and port. */
export type Place = { network: string } | { host: string; port: number };

/** Own places, comma separated: networks (`10.0.0.0/8`) and `host:port`. */
export const places = (about: string) =>
  setting((value) => Object.freeze(value.split(',').map((part) => place(part.trim()))), null, about);

function place(value: string): Place {
  const [, address = '', bits] = /^([0-9a-fA-F.:]+)\/(\d{1,3})$/.exec(value) ?? [];
  const family = isIP(address);
  if (family && Number(bits) <= (family === 4 ? 32 : 128)) return { network: value };
  const url = /^[^/?#@\s]+:\d{1,5}$/.test(value) && URL.canParse(`https://${value}`) && new URL(`https://${value}`);
  if (!url) throw new Error(`"${value}" is neither a network such as 10.0.0.0/8 nor host:port`);
  return { host: url.hostname, port: Number(url.port || 443) };
}

const UNITS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

function seconds(value: string): number {
  const match = /^(\d+)(s|m|h|d)$/.exec(value);
  if (!match) throw new Error(`"${value}" is not a duration such as 5s, 10m, 6h or 30d`);
  return Number(match[1]) * UNITS[match[2] as keyof typeof UNITS];
}
