import { readFileSync } from 'node:fs';
import { inflateSync } from 'node:zlib';

/**
 * ZCOOL XiaoWei (SIL Open Font License 1.1), ASCII and 5,962 glyphs, as a plain TrueType file. The package ships WOFF,
 * whose tables the PDF writer would inflate again for every glyph.
 */
export function invoiceFont(): Buffer {
  unpacked ??= unpackWoff(readFileSync(require.resolve(WOFF)));
  return unpacked;
}

const WOFF = '@fontsource/zcool-xiaowei/files/zcool-xiaowei-chinese-simplified-400-normal.woff';
let unpacked: Buffer | undefined;

/** WOFF 1.0 (W3C Recommendation, §3 to §5) to the sfnt it wraps: the same tables, inflated, at four-byte boundaries. */
function unpackWoff(woff: Buffer): Buffer {
  const count = woff.readUInt16BE(12);
  const head = Buffer.alloc(12 + count * 16);
  woff.copy(head, 0, 4, 8);
  writeSearchHints(head, count);
  const tables: Buffer[] = [];
  let offset = head.length;
  for (let i = 0; i < count; i++) {
    const entry = woff.subarray(44 + i * 20, 64 + i * 20);
    const table = tableOf(woff, entry);
    entry.copy(head, 12 + i * 16, 0, 4);
    entry.copy(head, 16 + i * 16, 16, 20);
    head.writeUInt32BE(offset, 20 + i * 16);
    head.writeUInt32BE(table.length, 24 + i * 16);
    const padded = Buffer.concat([table, Buffer.alloc(-table.length & 3)]);
    tables.push(padded);
    offset += padded.length;
  }
  return Buffer.concat([head, ...tables]);
}

/** A directory entry is tag, offset, stored length, length, checksum; a table that did not shrink is stored as it is. */
function tableOf(woff: Buffer, entry: Buffer): Buffer {
  const [start, stored, length] = [entry.readUInt32BE(4), entry.readUInt32BE(8), entry.readUInt32BE(12)];
  const bytes = woff.subarray(start, start + stored);
  return stored < length ? inflateSync(bytes) : bytes;
}

function writeSearchHints(head: Buffer, count: number): void {
  const selector = Math.floor(Math.log2(count));
  head.writeUInt16BE(count, 4);
  head.writeUInt16BE(16 << selector, 6);
  head.writeUInt16BE(selector, 8);
  head.writeUInt16BE((count - (1 << selector)) * 16, 10);
}
