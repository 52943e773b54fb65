import { DoorHandler } from '../token-gateway/wechat-door';

/** One family of WeChat's calls, by their whole paths. */
export interface Doors {
  doors(): Record<string, DoorHandler>;
}

const PREFIXES = ['/cgi-bin', '/card'] as const;

/**
 * WeChat's own paths on our port, for a program that was written against WeChat: it changes its base URL, takes the
 * merchant's key as its secret, and goes on. What it does is done, limited and written down as for every other caller.
 */
export class DropIn {
  constructor(private readonly families: Doors[]) {}

  /** By prefix, without it: everything else below it is 40066. */
  doors(): [prefix: string, Record<string, DoorHandler>][] {
    const all = this.families.flatMap((family) => Object.entries(family.doors()));
    return PREFIXES.map((prefix) => {
      const below = all.filter(([path]) => path.startsWith(`${prefix}/`));
      return [prefix, Object.fromEntries(below.map(([path, door]) => [path.slice(prefix.length), door]))];
    });
  }
}
