import { Fault, fault } from '../domain/fault';

const MAX_DEPTH = 32;

/** The parsed value, or every reason why the text cannot be taken. */
export type StrictJson = { value: unknown } | { value?: undefined; faults: Fault[] };

/**
 * JSON.parse for data that must survive unchanged: it also refuses what JSON.parse silently bends (duplicate keys,
 * numbers that a double cannot hold, −0) and what PostgreSQL cannot store (U+0000, lone surrogates), each by pointer.
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

interface Level {
  pointer: string;
  /** Keys seen; null in an array. */
  keys: Set<string> | null;
  index: number;
}

/** One pass over the text. It trusts nothing and reports no syntax: where the text is not JSON it stops, and JSON.parse says so. */
class Scan {
  private position = 0;
  private readonly found: Fault[] = [];
  private readonly levels: Level[] = [];

  constructor(private readonly text: string) {}

  faults(): Fault[] {
    const { text } = this;
    let pointer = '';
    while (this.position < text.length && this.found.length < 100) {
      const character = text[this.position] as string;
      const level = this.levels.at(-1);
      if (character === '{' || character === '[') {
        if (this.levels.length === MAX_DEPTH) return [tooDeep(pointer)];
        this.levels.push({ pointer, keys: character === '{' ? new Set() : null, index: 0 });
        if (character === '[') pointer = `${pointer}/0`;
        this.position += 1;
      } else if (character === '}' || character === ']') {
        this.levels.pop();
        this.position += 1;
      } else if (character === ',') {
        if (level && !level.keys) pointer = `${level.pointer}/${(level.index += 1)}`;
        this.position += 1;
      } else if (character === '"') {
        const start = this.position;
        const value = this.string(pointer);
        if (value === undefined) return this.found;
        if (level?.keys && this.nextIs(':')) pointer = this.key(level, value, start);
      } else if (character === '-' || (character >= '0' && character <= '9')) {
        this.number(pointer);
      } else {
        this.position += 1;
      }
    }
    return this.found;
  }

  /** The string that begins here, or undefined where it never ends. Long strings are skipped at memchr speed. */
  private string(pointer: string): string | undefined {
    const start = this.position;
    let end = this.text.indexOf('"', start + 1);
    while (end > 0 && this.escaped(end)) end = this.text.indexOf('"', end + 1);
    if (end < 0) return undefined;
    this.position = end + 1;
    const raw = this.text.slice(start + 1, end);
    if (!raw.includes('\\')) return raw;
    const value = unescaped(raw);
    if (value === undefined) return undefined;
    if (value.includes('\u0000') || !value.isWellFormed()) this.found.push(badText(pointer));
    return value;
  }

  private escaped(quote: number): boolean {
    let backslashes = 0;
    while (this.text[quote - 1 - backslashes] === '\\') backslashes += 1;
    return backslashes % 2 === 1;
  }

  private nextIs(character: string): boolean {
    while (/\s/.test(this.text[this.position] ?? '')) this.position += 1;
    return this.text[this.position] === character;
  }

  private key(level: Level, key: string, at: number): string {
    const pointer = `${level.pointer}/${escapePointer(key)}`;
    if (level.keys?.has(key)) this.found.push(duplicateKey(pointer, at));
    level.keys?.add(key);
    return pointer;
  }

  private number(pointer: string): void {
    const [literal = '-'] = /^-?[0-9.eE+-]*/.exec(this.text.slice(this.position, this.position + 400)) ?? [];
    this.position += literal.length;
    const value = Number(literal);
    const exact = Number.isFinite(value) && !Object.is(value, -0) && Math.abs(value) <= Number.MAX_SAFE_INTEGER;
    if (!exact && !Number.isNaN(value)) this.found.push(badNumber(pointer));
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
