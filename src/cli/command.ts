import { CliError, EXIT } from './exit';
import { Output } from './output';
import { Service } from './service';

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
