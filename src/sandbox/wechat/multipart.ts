import { createHash } from 'node:crypto';

/** The file of a multipart upload. */
export interface UploadedPart {
  name: string;
  filename: string;
  /** Every header of the part, names in lower case. */
  headers: Record<string, string>;
  bytes: Buffer;
  sha256: string;
}

const CRLF = Buffer.from('\r\n');
const HEADERS_END = Buffer.from('\r\n\r\n');

/**
 * The file part called `name`; undefined when the body is no well-formed multipart or has no such part.
 * Parts may lack a type and carry raw UTF-8 file names or further headers.
 */
export function readPart(body: Buffer, contentType: string, name: string): UploadedPart | undefined {
  const boundary = /^multipart\/form-data\b.*?;\s*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  if (!boundary) return undefined;
  const delimiter = Buffer.from(`--${boundary[1] ?? boundary[2] ?? ''}`);
  let from = body.indexOf(delimiter);
  let found: UploadedPart | undefined;
  while (from >= 0) {
    from += delimiter.length;
    if (body.subarray(from, from + 2).equals(Buffer.from('--'))) return found;
    const next = body.indexOf(Buffer.concat([CRLF, delimiter]), from);
    if (next < 0) return undefined;
    const part = readOne(body.subarray(from + CRLF.length, next));
    if (part?.name === name) found ??= part;
    from = next + CRLF.length;
  }
  return undefined;
}

function readOne(part: Buffer): UploadedPart | undefined {
  const end = part.indexOf(HEADERS_END);
  if (end < 0) return undefined;
  const headers: Record<string, string> = {};
  for (const line of part.subarray(0, end).toString('utf8').split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) headers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
  }
  const disposition = headers['content-disposition'] ?? '';
  const name = parameter(disposition, 'name');
  const filename = parameter(disposition, 'filename') ?? extended(disposition);
  if (name === undefined || filename === undefined) return undefined;
  const bytes = part.subarray(end + HEADERS_END.length);
  return { name, filename, headers, bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
}

function parameter(disposition: string, key: string): string | undefined {
  const match = new RegExp(`;\\s*${key}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s]*))`, 'i').exec(disposition);
  return match?.[1] ?? match?.[2];
}

function extended(disposition: string): string | undefined {
  const encoded = /;\s*filename\*=UTF-8''([^;\s]+)/i.exec(disposition)?.[1];
  try {
    return encoded === undefined ? undefined : decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}
