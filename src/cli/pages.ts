import { text, Values } from './command';
import { CliError, EXIT } from './exit';

/** How many of a list are wanted at most: `--limit N`, default 50, or `all`. */
export function limitOf(values: Values): number {
  const given = text(values, 'limit') ?? '50';
  if (given === 'all') return Infinity;
  if (/^[1-9]\d{0,8}$/.test(given)) return Number(given);
  throw new CliError(EXIT.usage, '--limit 须为正整数或 all。--limit is a whole number above 0, or all.');
}
