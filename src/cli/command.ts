import { Output } from './output';
import { Service } from './service';

/** What an exit code says; scripts depend on it. */
export const EXIT = {
  /** Done; or the invoice is valid, the chain whole, the ledgers equal. */
  ok: 0,
  /** The answer is no: faults in the data, a refusal, differences found. */
  no: 1,
  /** The command line or a setting is wrong; nothing was done. */
  usage: 2,
  /** The service cannot be reached or failed; trying again is safe. */
  unreachable: 3,
  /** The key is missing, unknown, or lacks the scope or role. */
  forbidden: 4,
} as const;

/** Ends a command with a sentence for the person at the terminal. */
export class CliError extends Error {
  constructor(
    readonly exit: number,
    message: string,
    /** What `--json` prints; a problem of the service as it came. */
    readonly data: object = { error: message },
  ) {
    super(message);
  }
}

export interface Option {
  type: 'string' | 'boolean';
  multiple?: boolean;
  /** How the value is called in the help. */
  value?: string;
  about: readonly [zh: string, en: string];
}

export type Values = Record<string, string | boolean | (string | boolean)[] | undefined>;

/** One call of a command. The service is only spoken to by commands that need it. */
export interface Call {
  args: string[];
  values: Values;
  out: Output;
  service: Service;
}

export interface Command {
  /** One or two words: `check`, `orders submit`. */
  name: string;
  /** Positional arguments as the help shows them; in brackets: may be left out. */
  args: string;
  about: readonly [zh: string, en: string];
  options: Record<string, Option>;
  examples: readonly string[];
  run(call: Call): Promise<number>;
}

export function text(values: Values, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}

export function texts(values: Values, name: string): string[] {
  const value = values[name];
  return Array.isArray(value) ? value.map(String) : [];
}

export function required(values: Values, name: string): string {
  const value = text(values, name);
  if (!value) throw new CliError(EXIT.usage, `缺少 --${name}。--${name} is required.`);
  return value;
}
