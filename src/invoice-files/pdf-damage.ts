import { constants, inflateSync } from 'node:zlib';
import { Fault, fault } from '../domain/fault';
import { streamsOf } from './pdf-scan';

const MIB = 1024 * 1024;
/** More of a stream need not be unpacked to know that it can be. */
const ENOUGH = 8 * MIB;
const MOST_LOOKED_AT = 200;
const MANY = 8192;
/** U+FFFD in UTF-8: what a decoder puts where bytes were no text. By chance three bytes of many millions are these. */
const REPLACED = Buffer.from([0xef, 0xbf, 0xbd]);
const MOST_BY_CHANCE = 8;

/** Signs that a PDF's bytes were moved or changed, told in passing; whether they were shows when its streams are unpacked. */
export function looksChanged(pdf: Buffer): boolean {
  // Among so many packed bytes each value occurs, unless somebody took it for the end of a line.
  if (pdf.length > MANY && (!pdf.includes(0x0d) || !pdf.includes(0))) return true;
  for (const { data, dictionary } of streamsOf(pdf)) {
    if (isFlate(dictionary) && !isZlib(pdf[data] ?? 0, pdf[data + 1] ?? 0)) return true;
  }
  return false;
}

/**
 * Whether bytes were lost or went through a text layer (decoded as UTF-8, line ends made others): then a stream cannot be
 * unpacked, and who opens the file sees an empty page.
 */
export function isDamaged(pdf: Buffer): boolean {
  let replaced = 0;
  for (let at = pdf.indexOf(REPLACED); at >= 0 && replaced <= MOST_BY_CHANCE; at = pdf.indexOf(REPLACED, at + 3))
    replaced += 1;
  if (replaced > MOST_BY_CHANCE) return true;
  let looked = 0;
  for (const { data, dictionary } of streamsOf(pdf)) {
    if (!isFlate(dictionary)) continue;
    looked += 1;
    if (looked > MOST_LOOKED_AT) return false;
    if (!unpacks(pdf.subarray(data))) return true;
  }
  return false;
}

export function damaged(): Fault {
  return fault(
    'PDF-SHAPE-05',
    '/pdf',
    'PDF 的字节已损坏：内容流无法解压，打开后是空白页。多半是文件被当作文本读写过（转码或换行符转换）。请以二进制 (bytes) 方式重新取得并发送。',
    'The PDF’s bytes are damaged: a stream cannot be unpacked, and whoever opens it sees an empty page. Most likely it was read or written as text (decoded, or line ends changed). Fetch and send the file as bytes.',
  );
}

/** Packed with Flate first, and the dictionary says so itself. */
function isFlate(dictionary: string): boolean {
  const own = dictionary.slice(dictionary.lastIndexOf('endobj') + 1);
  return /\/Filter\s*\[?\s*\/(FlateDecode|Fl)\b/.test(own);
}

function isZlib(first: number, second: number): boolean {
  return (first & 0x0f) === 8 && first >> 4 <= 7 && ((first << 8) | second) % 31 === 0;
}

/** An end that comes too early leaves much to be seen. A wrong checksum mostly means a stream that went astray. */
function unpacks(bytes: Buffer): boolean {
  try {
    inflateSync(bytes, { maxOutputLength: ENOUGH, finishFlush: constants.Z_SYNC_FLUSH });
    return true;
  } catch (error) {
    return (error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE';
  }
}
