import { isIP } from 'node:net';

/** The codes by which WeChat refuses an address, and tells in errmsg which one it saw. */
const OF_ADDRESSES = [40164, 61004, 89501, 89503, 89506, 89507];

/** Our address as WeChat saw it, which is often another one than expected; null: this answer does not say. */
export function clientIpIn(errcode: number, errmsg: string | null): string | null {
  if (!OF_ADDRESSES.includes(errcode) || errmsg === null) return null;
  const words = errmsg.slice(0, 500).split(/[^0-9a-fA-F:.]+/);
  return words.map((word) => word.replace(/^[:.]+(?=\d)|[.]+$/g, '')).find((word) => isIP(word) !== 0) ?? null;
}
