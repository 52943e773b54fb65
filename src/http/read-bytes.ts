import { FastifyRequest } from 'fastify';
import { Readable, Transform } from 'node:stream';
import { Hold } from './held-bodies';
import { Problem } from './problems';

/** A caller who sends nothing for so long, with its body not at its end, is cut off. */
const IDLE_MS = 20_000;

/** The whole body, or the problem that it is too large; what it says of its length is judged before anything is read. */
export async function readBytes(
  stream: Readable,
  headers: FastifyRequest['headers'],
  most: number,
  hold: Hold,
): Promise<Buffer> {
  refuseLonger(headers, most);
  return new Promise<Buffer>((resolve, reject) => {
    let chunks: Buffer[] = [];
    let size = 0;
    const stop = (problem: Error) => {
      // The rest is read and forgotten: a caller in the middle of its body could not hear the answer.
      stream.off('data', keep).resume();
      chunks = [];
      reject(problem);
    };
    const keep = (chunk: Buffer) => {
      size += chunk.length;
      if (size > most) return stop(new Problem('body_too_large'));
      try {
        hold.take(chunk.length);
      } catch (problem) {
        return stop(problem as Error);
      }
      chunks.push(chunk);
    };
    const gone = () => stop(new Problem('malformed_json'));
    stream.on('data', keep).once('error', gone).once('close', gone);
    stream.once('end', () => {
      stream.off('error', gone).off('close', gone);
      resolve(Buffer.concat(chunks, size));
    });
  });
}

/** The same for a body that is read as it comes: an error of the stream where it is too large. */
export function boundedStream(
  stream: Readable,
  headers: FastifyRequest['headers'],
  most: number,
  hold: Hold,
): Readable {
  refuseLonger(headers, most);
  let size = 0;
  const bounded = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      try {
        if (size > most) throw new Problem('body_too_large');
        hold.take(chunk.length);
        done(null, chunk);
      } catch (problem) {
        stream.unpipe(bounded).resume();
        done(problem as Error);
      }
    },
  });
  stream.once('error', () => bounded.destroy(new Problem('malformed_form')));
  stream.once('aborted', () => bounded.destroy(new Problem('malformed_form')));
  return stream.pipe(bounded);
}

export function refuseLonger(headers: FastifyRequest['headers'], most: number): void {
  if (Number(headers['content-length'] ?? 0) > most) throw new Problem('body_too_large');
}

/** Cuts off whoever stops in the middle of a body. That we do not read on at the moment is not held against the caller. */
export function cutIdleBody({ raw, headers }: FastifyRequest): void {
  if (headers['transfer-encoding'] === undefined && !Number(headers['content-length'] ?? 0)) return;
  let seen = raw.socket.bytesRead;
  const look = setInterval(() => {
    if (raw.complete) return clearInterval(look);
    if (raw.socket.bytesRead === seen && raw.readableLength === 0) raw.destroy();
    seen = raw.socket.bytesRead;
  }, IDLE_MS).unref();
  raw.once('close', () => clearInterval(look));
}
