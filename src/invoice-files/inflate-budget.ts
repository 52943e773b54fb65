import { constants, inflateSync } from 'node:zlib';
import { streamsOf } from './pdf-scan';

/** All streams of an invoice unpacked; a scanned page in colour takes about 25 MB. */
const MOST_BYTES = 64 * 1024 * 1024;
const MOST_STREAMS = 20_000;
const DEEPEST = 3;

export interface Unpacked {
  /** More than the budget, or packed over and over. */
  bomb: boolean;
  /** Words of object streams, where dictionaries hide from whoever scans the file. */
  objects: string;
}

/**
 * Unpacks every Flate stream against one budget, before a parser does so without any. It goes by the bytes and not by
 * the dictionary, which may lie.
 */
export function unpackStreams(pdf: Buffer): Unpacked {
  const objects: string[] = [];
  let left = MOST_BYTES;
  let count = 0;
  for (const { data, dictionary } of streamsOf(pdf)) {
    count += 1;
    if (count > MOST_STREAMS) return { bomb: true, objects: '' };
    let bytes = pdf.subarray(data);
    for (let depth = 1; isZlib(bytes); depth += 1) {
      const out = inflated(bytes, left);
      if (out === 'too_much' || (out && depth > DEEPEST)) return { bomb: true, objects: '' };
      if (!out) break;
      left -= out.length;
      bytes = out;
    }
    if (/\/ObjStm\b/.test(dictionary.slice(dictionary.lastIndexOf('endobj') + 1))) {
      objects.push(bytes.toString('latin1', 0, 1024 * 1024));
    }
  }
  return { bomb: false, objects: objects.join('\n') };
}

function isZlib(bytes: Buffer): boolean {
  const [first = 0, second = 0] = bytes;
  return (first & 0x0f) === 8 && first >> 4 <= 7 && ((first << 8) | second) % 31 === 0;
}

function inflated(bytes: Buffer, left: number): Buffer | 'too_much' | null {
  try {
    return inflateSync(bytes, { maxOutputLength: Math.max(1, left), finishFlush: constants.Z_SYNC_FLUSH });
  } catch (error) {
    return (error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE' ? 'too_much' : null;
  }
}
