import { Fault, fault } from '../domain/fault';

const MAX_DEPTH = 32;
/** Values of any kind, an order with 200 lines has about 1,200: what JSON.parse makes of a text is many times its size. */
const MAX_VALUES = 20_000;
/** Characters of a name. It comes back in the pointer of every fault below it. */
const MAX_NAME = 256;

/** The parsed value, or every reason why the text cannot be taken. */
export type StrictJson = { value: unknown } | { value?: undefined; faults: Fault[] };

/**
 * JSON.parse for data that must survive unchanged: it also refuses what JSON.parse silently bends (duplicate keys,
 * numbers that a double cannot hold, −0) and what PostgreSQL cannot store (U+0000, lone surrogates), each by pointer. Its
 * cost is bounded by the length of the text: so deep, so many values and names so long, and no more.
 */
export function parseStrictJson(text: string): StrictJson {
  const faults = new Scan(text).faults();
  if (faults.length > 0) return { faults };
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    const where = /position (\d+)/.exec((error as Error).message)?.[1];
    const at = where ? [`（第 ${where} 个字符附近）`, ` (near character ${where})`] : ['', ''];
    return { faults: [fault('JSON-SYNTAX', '', `JSON 语法错误${at[0]}。`, `The JSON has a syntax error${at[1]}.`)] };
  }
}

/** An object or array that is open; `at` is the key or index of what is being read in it, null before the first key. */
interface Level {
  /** Keys seen; null in an array. */
  keys: Set<string> | null;
  at: string | number | null;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * One pass over the text. It trusts nothing and reports no syntax: where the text is not JSON it stops, and JSON.parse
 * says so. Pointers are written only for faults, and only keys are copied out: every order passes through here.
 */
class Scan {
  private position = 0;
  /** Of the next backslash; the text's length where there is none. */
  private backslash: number;
  private values = 1;
  private readonly found: Fault[] = [];
  private readonly levels: Level[] = [];

  constructor(private readonly text: string) {
    this.backslash = this.backslashFrom(0);
  }

  faults(): Fault[] {
    const { text } = this;
    while (this.position < text.length) {
      const code = text.charCodeAt(this.position);
      if (code === QUOTE) {
        if (!this.string()) return this.found;
      } else if (code === 0x2d || (code >= 0x30 && code <= 0x39)) {
        this.number();
      } else {
        if (code === 0x7b || code === 0x5b) {
          if (this.levels.length === MAX_DEPTH) return [tooDeep(this.pointer())];
          this.levels.push(code === 0x7b ? { keys: new Set(), at: null } : { keys: null, at: 0 });
          this.values += 1;
        } else if (code === 0x7d || code === 0x5d) {
          this.levels.pop();
        } else if (code === 0x2c) {
          const level = this.levels.at(-1);
          if (typeof level?.at === 'number') level.at += 1;
          this.values += 1;
        }
        if (this.values > MAX_VALUES) return [tooManyValues()];
        this.position += 1;
      }
    }
    return this.found;
  }

  /** Reads the string that begins here, a key or a value; false where it never ends. Long ones pass at memchr speed. */
  private string(): boolean {
    const { text } = this;
    const start = this.position + 1;
    let end = text.indexOf('"', start);
    while (end > 0 && this.escaped(end)) end = text.indexOf('"', end + 1);
    if (end < 0) return false;
    this.position = end + 1;
    let value: string | undefined;
    if (this.backslash < end) {
      value = unescaped(text.slice(start, end));
      if (value === undefined) return false;
      if (value.includes('\u0000') || !value.isWellFormed()) this.found.push(badText(this.pointer()));
      this.backslash = this.backslashFrom(end);
    }
    const level = this.levels.at(-1);
    if (level?.keys && this.nextIsColon()) this.key(level, level.keys, value ?? text.slice(start, end), start - 1);
    return true;
  }

  private backslashFrom(position: number): number {
    const next = this.text.indexOf('\\', position);
    return next < 0 ? this.text.length : next;
  }

  private escaped(quote: number): boolean {
    let backslashes = 0;
    while (this.text.charCodeAt(quote - 1 - backslashes) === BACKSLASH) backslashes += 1;
    return backslashes % 2 === 1;
  }

  private nextIsColon(): boolean {
    let code = this.text.charCodeAt(this.position);
    while (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) {
      code = this.text.charCodeAt((this.position += 1));
    }
    return code === 0x3a;
  }

  private key(level: Level, keys: Set<string>, name: string, at: number): void {
    const key = name.length > MAX_NAME ? `${name.slice(0, MAX_NAME)}…` : name;
    level.at = key;
    if (key !== name) {
      this.found.push(longName(this.pointer()));
      return;
    }
    if (keys.has(key)) this.found.push(duplicateKey(this.pointer(), at));
    keys.add(key);
  }

  private number(): void {
    const { text } = this;
    const start = this.position;
    let whole = text.charCodeAt(start) !== 0x2d;
    for (; this.position < text.length; this.position += 1) {
      const code = text.charCodeAt(this.position);
      if (code >= 0x30 && code <= 0x39) continue;
      // + - . E e
      if (code !== 0x2b && code !== 0x2d && code !== 0x2e && code !== 0x45 && code !== 0x65) break;
      whole = false;
    }
    // Fifteen digits always fit a double.
    if (whole && this.position - start <= 15) return;
    const value = Number(text.slice(start, this.position));
    const exact = Number.isFinite(value) && !Object.is(value, -0) && Math.abs(value) <= Number.MAX_SAFE_INTEGER;
    if (!exact && !Number.isNaN(value)) this.found.push(badNumber(this.pointer()));
  }

  private pointer(): string {
    return this.levels.map(({ at }) => (at === null ? '' : `/${escapePointer(String(at))}`)).join('');
  }
}

export function escapePointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

function unescaped(raw: string): string | undefined {
  try {
    return JSON.parse(`"${raw}"`) as string;
  } catch {
    return undefined;
  }
}

function tooDeep(pointer: string): Fault {
  return fault(
    'JSON-DEPTH',
    pointer,
    `JSON 嵌套超过 ${MAX_DEPTH} 层。`,
    `The JSON is nested deeper than ${MAX_DEPTH}.`,
  );
}

function tooManyValues(): Fault {
  return fault('JSON-SIZE', '', `JSON 中的值超过 ${MAX_VALUES} 个。`, `The JSON has more than ${MAX_VALUES} values.`);
}

function longName(pointer: string): Fault {
  return fault(
    'JSON-NAME',
    pointer,
    `字段名超过 ${MAX_NAME} 个字符。`,
    `The field’s name is longer than ${MAX_NAME} characters.`,
  );
}

function duplicateKey(pointer: string, at: number): Fault {
  return fault(
    'JSON-DUPLICATE-KEY',
    pointer,
    `同一字段出现了两次（第 ${at} 个字符处），请只保留一个。`,
    `The field appears twice (at character ${at}); keep one.`,
  );
}

function badNumber(pointer: string): Fault {
  return fault(
    'JSON-NUMBER',
    pointer,
    '数值超出可精确表示的范围，或是 −0。号码与代码请用字符串。',
    'The number cannot be held exactly, or is −0. Send numbers of invoices and codes as strings.',
  );
}

function badText(pointer: string): Fault {
  return fault(
    'JSON-TEXT',
    pointer,
    '文本含有 U+0000 或不成对的代理字符，无法保存。',
    'The text holds U+0000 or a lone surrogate, which cannot be stored.',
  );
}
