import { Readable } from 'node:stream';
import { UUID } from '../http/patterns';

/** A signed head as a log line has it; hashes in hexadecimal. */
export interface LoggedAnchor {
  chain: string;
  seq: number;
  sha256: string;
  signature: string;
  /** Absent in lines from before it was noted. */
  key_id?: string;
}

export const ANCHOR_LINE = 'audit anchor';
const SHA256 = /^[0-9a-f]{64}$/;

/** The anchors among the lines of a log, whatever a container's or a system's log has put before each line. */
export async function readLoggedAnchors(log: Readable): Promise<LoggedAnchor[]> {
  const found: LoggedAnchor[] = [];
  for await (const line of linesOf(log)) {
    const anchor = line.includes(ANCHOR_LINE) && anchorIn(line.slice(line.indexOf('{')));
    if (anchor) found.push(anchor);
  }
  return found;
}

/** The latest of each chain: it vouches for every row below it. */
export function latestOfEach(anchors: readonly LoggedAnchor[]): LoggedAnchor[] {
  const latest = new Map<string, LoggedAnchor>();
  for (const anchor of anchors) {
    if (anchor.seq > (latest.get(anchor.chain)?.seq ?? 0)) latest.set(anchor.chain, anchor);
  }
  return [...latest.values()];
}

/** Fails where the log cannot be read, which readline does not. */
async function* linesOf(log: Readable): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of log.setEncoding('utf8')) {
    const lines = (rest + (chunk as string)).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  yield rest;
}

function anchorIn(json: string): LoggedAnchor | null {
  try {
    const { msg, chain, seq, sha256, signature, key_id } = JSON.parse(json) as Record<string, unknown>;
    const number = Number(seq);
    const isWhole = msg === ANCHOR_LINE && Number.isSafeInteger(number) && number > 0;
    if (!isWhole || !fits(chain, UUID) || !fits(sha256, SHA256) || !fits(signature, SHA256)) return null;
    return { chain, seq: number, sha256, signature, ...(typeof key_id === 'string' ? { key_id } : {}) };
  } catch {
    return null;
  }
}

function fits(value: unknown, pattern: RegExp): value is string {
  return typeof value === 'string' && pattern.test(value);
}
