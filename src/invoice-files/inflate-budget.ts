import { constants, createInflate, inflateSync } from 'node:zlib';
import { MOST_STREAMS, streamsOf } from './pdf-scan';

const MIB = 1024 * 1024;
/** All streams of an invoice unpacked; a scanned page in colour takes about 25 MB. */
const MOST_BYTES = 128 * MIB;
/** A byte of Flate data (RFC 1951) stands for so many at the most. */
const MOST_RATIO = 1032;
/** More than one filter, or one named elsewhere. */
const PACKED_TWICE = /\/Filter\s*(\[[^\]/]*\/[^\]/]*\/|\d+\s+\d+\s+R)/;
const DEEPEST = 3;
/** What is larger is unpacked in pieces that are counted and dropped, but for its beginning. */
const AT_ONCE = 4 * MIB;
const KEPT = MIB;

export interface Unpacked {
  /** More than the budget, or packed over and over. */
  bomb: boolean;
  /** Words of object streams, where dictionaries hide from whoever scans the file. */
  objects: string;
  /** An object stream is larger, or packed otherwise, than any issuer's: what it holds cannot be told. */
  hidden: boolean;
}

/** A filter that is not Flate, or more than one, or one named elsewhere, or with a predictor. */
const OTHERWISE_PACKED =
  /\/Predictor\s+(?!1\b)|\/Filter\s*(?:\/(?!FlateDecode|Fl\b)|\[\s*\/(?!FlateDecode|Fl\b)|\[[^\]/]*\/[^\]/]*\/|\d)/;

const BOMB: Unpacked = { bomb: true, objects: '', hidden: false };

/**
 * Unpacks every Flate stream against one budget, before a parser does so. It goes by the bytes and not by the dictionary,
 * which may lie. A small file cannot come near the budget: of such only the object streams are unpacked. `words`: see
 * `outsideStreams`.
 */
export async function unpackStreams(pdf: Buffer, words: string): Promise<Unpacked> {
  const small = pdf.length * MOST_RATIO <= MOST_BYTES && !PACKED_TWICE.test(words);
  const objects: string[] = [];
  let hidden = false;
  let left = MOST_BYTES;
  let count = 0;
  for (const { data, dictionary } of streamsOf(pdf)) {
    count += 1;
    if (count > MOST_STREAMS) return BOMB;
    const own = dictionary.slice(dictionary.lastIndexOf('endobj') + 1);
    const ofObjects = /\/ObjStm\b/.test(own);
    if (small && !ofObjects) continue;
    let bytes: Buffer = pdf.subarray(data);
    for (let depth = 1; isZlib(bytes); depth += 1) {
      const out = await inflated(bytes, left);
      if (out && (out.size > left || depth > DEEPEST)) return BOMB;
      if (!out) break;
      left -= out.size;
      bytes = out.head;
    }
    if (!ofObjects) continue;
    objects.push(bytes.toString('latin1', 0, KEPT));
    hidden ||= bytes.length >= KEPT || OTHERWISE_PACKED.test(own);
  }
  return { bomb: false, objects: objects.join('\n'), hidden };
}

function isZlib(bytes: Buffer): boolean {
  const [first = 0, second = 0] = bytes;
  return (first & 0x0f) === 8 && first >> 4 <= 7 && ((first << 8) | second) % 31 === 0;
}

interface Inflated {
  size: number;
  /** All of it, or its beginning. */
  head: Buffer;
}

async function inflated(bytes: Buffer, left: number): Promise<Inflated | null> {
  try {
    const head = inflateSync(bytes, { maxOutputLength: AT_ONCE, finishFlush: constants.Z_SYNC_FLUSH });
    return { size: head.length, head };
  } catch (error) {
    return (error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE' ? counted(bytes, left) : null;
  }
}

/** Stops where it is more than `left`. */
async function counted(bytes: Buffer, left: number): Promise<Inflated> {
  const stream = createInflate({ chunkSize: 256 * 1024, finishFlush: constants.Z_SYNC_FLUSH });
  stream.end(bytes);
  const head: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      if (size < KEPT) head.push(chunk);
      size += chunk.length;
      if (size > left) break;
    }
  } catch {
    // Broken further on: what came counts.
  }
  return { size, head: Buffer.concat(head) };
}
