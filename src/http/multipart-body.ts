import Busboy from '@fastify/busboy';
import { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { Fault, fault } from '../domain/fault';
import { Problem } from './problems';

export interface PartLimits {
  /** Bytes by part name; a part that is not named here is refused by name. */
  bytes: Record<string, number>;
}

/** The parts of a multipart/form-data body, whole, as bytes. */
export type FormParts = Map<string, Buffer>;

/** The parts of a form; throws the problem that names every fault of them. */
export async function readForm(stream: Readable, headers: IncomingHttpHeaders, limits: PartLimits): Promise<FormParts> {
  const { parts, faults } = await readFormParts(stream, headers, limits);
  if (faults.length > 0) throw new Problem('invalid_order', { faults });
  return parts;
}

/**
 * Reads a form as it streams in: never more than the limits in memory. A part may come with or without a file name and
 * content type; either way its bytes are taken as they are. Parts that are unknown, or come twice, keep the others from
 * nothing: they are named in `faults`.
 */
export async function readFormParts(
  stream: Readable,
  headers: IncomingHttpHeaders,
  limits: PartLimits,
): Promise<{ parts: FormParts; faults: Fault[] }> {
  const parts: FormParts = new Map();
  const faults: Fault[] = [];
  const names = Object.keys(limits.bytes);
  let parser: InstanceType<typeof Busboy>;
  try {
    parser = new Busboy({
      headers: headers as IncomingHttpHeaders & { 'content-type': string },
      isPartAFile: () => true,
      limits: { parts: names.length + 1, fileSize: Math.max(...Object.values(limits.bytes)) + 1, headerPairs: 20 },
    });
  } catch {
    throw malformed('multipart/form-data 缺少 boundary。', 'The multipart/form-data has no boundary.');
  }
  await new Promise<void>((resolve, reject) => {
    const cut = () =>
      reject(malformed('multipart/form-data 不完整或格式有误。', 'The multipart/form-data is cut or malformed.'));
    const seen = new Set<string>();
    parser.on('file', (name: string | undefined = '', file) => {
      const limit = Object.hasOwn(limits.bytes, name) ? (limits.bytes[name] as number) : undefined;
      if (limit === undefined) faults.push(unknownPart(name, names));
      else if (seen.has(name)) faults.push(repeatedPart(name));
      seen.add(name);
      const chunks: Buffer[] = [];
      let size = 0;
      file.on('error', cut);
      file.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (limit !== undefined && size <= limit) chunks.push(chunk);
      });
      file.on('end', () => {
        if (limit === undefined) return;
        if (size > limit) faults.push(largePart(name, limit));
        parts.set(name, Buffer.concat(chunks));
      });
    });
    parser.on('partsLimit', () => faults.push(tooManyParts(names)));
    parser.once('finish', resolve);
    parser.on('error', cut);
    stream.once('error', (error) => (error instanceof Problem ? reject(error) : cut()));
    stream.once('aborted', cut);
    stream.pipe(parser);
  }).finally(() => stream.unpipe(parser));
  if (faults.some(({ code }) => code === 'PART-SIZE')) throw new Problem('body_too_large', { faults });
  // Of what came after too many parts nothing is known.
  if (faults.some(({ code }) => code === 'PART-COUNT')) throw new Problem('invalid_order', { faults });
  return { parts, faults };
}

/** A part that is there and has something in it: browsers send a field without a file as an empty part. */
export function filledPart(parts: FormParts, name: string): Buffer | null {
  const bytes = parts.get(name);
  return bytes && bytes.length > 0 ? bytes : null;
}

function malformed(message: string, messageEn: string): Problem {
  return new Problem('malformed_form', { faults: [fault('FORM-SYNTAX', '', message, messageEn)] });
}

function unknownPart(name: string, names: string[]): Fault {
  const shown = JSON.stringify(name.slice(0, 64));
  return fault(
    'PART-UNKNOWN',
    `/${name.slice(0, 64)}`,
    `没有名为 ${shown} 的部分，可用：${names.join(', ')}。`,
    `There is no part ${shown}; there are: ${names.join(', ')}.`,
  );
}

function repeatedPart(name: string): Fault {
  return fault('PART-REPEATED', `/${name}`, '同一部分出现了两次。', 'The part appears twice.');
}

function largePart(name: string, limit: number): Fault {
  return fault('PART-SIZE', `/${name}`, `此部分超过 ${limit} 字节。`, `The part exceeds ${limit} bytes.`);
}

function tooManyParts(names: string[]): Fault {
  return fault(
    'PART-COUNT',
    '',
    `最多 ${names.length} 个部分：${names.join(', ')}。`,
    `At most ${names.length} parts: ${names.join(', ')}.`,
  );
}
