import { createReadStream, openSync, readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { parseStrictJson } from '../http/strict-json';
import { CliError, EXIT } from './exit';

/** The bytes of a file; `-` is stdin. */
export function readBytes(file: string): Buffer {
  try {
    return readFileSync(file === '-' ? 0 : file);
  } catch (error) {
    throw unreadable(file, error);
  }
}

export function unreadable(file: string, error: unknown): CliError {
  const why = (error as { code?: string }).code ?? '';
  return new CliError(EXIT.usage, `无法读取 ${file}（${why}）。Cannot read ${file} (${why}).`);
}

/** A file that is read while it is sent, however large. */
export function streamOf(file: string): Readable {
  try {
    return createReadStream(file, { fd: openSync(file, 'r') });
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** JSON as strictly as the service reads it. */
export function readJson(file: string): unknown {
  const parsed = parseStrictJson(
    readBytes(file)
      .toString('utf8')
      .replace(/^\uFEFF/, ''),
  );
  if (!('faults' in parsed)) return parsed.value;
  const faults = parsed.faults.map(({ pointer, code, message, messageEn }) => ({
    pointer,
    code,
    message,
    message_en: messageEn,
  }));
  const lines = faults.map((f) => `  ${f.pointer} ${f.code}\n    ${f.message}\n    ${f.message_en}`);
  throw new CliError(EXIT.no, [`${file}:`, ...lines].join('\n'), { valid: false, faults });
}
