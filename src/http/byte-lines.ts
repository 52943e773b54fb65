import { Hold } from './held-bodies';

export type ByteLine = Buffer | 'too_long' | 'too_much';

/**
 * The stream's lines as bytes, without their line feeds, as they come. A line longer than `maxLineBytes` is not kept in
 * memory; beyond `maxBytes` nothing more is read. What is kept of a line is taken from `hold`, and given back by whoever is
 * done with the line.
 */
export async function* byteLines(
  stream: AsyncIterable<Buffer>,
  { maxLineBytes, maxBytes, hold }: { maxLineBytes: number; maxBytes: number; hold: Hold },
): AsyncGenerator<ByteLine> {
  let pending: Buffer[] = [];
  let size = 0;
  let total = 0;
  const keep = (bytes: Buffer) => {
    const before = size > maxLineBytes ? 0 : size;
    size += bytes.length;
    if (size <= maxLineBytes) {
      hold.take(bytes.length);
      pending.push(bytes);
    } else {
      hold.give(before);
      pending = [];
    }
  };
  const line = () => {
    const text = size > maxLineBytes ? ('too_long' as const) : Buffer.concat(pending);
    [pending, size] = [[], 0];
    return text;
  };
  for await (const chunk of stream) {
    total += chunk.length;
    if (total > maxBytes) {
      yield 'too_much';
      return;
    }
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      if (end > from) keep(chunk.subarray(from, end));
      from = end + 1;
      yield line();
    }
    if (from < chunk.length) keep(chunk.subarray(from));
  }
  if (size > 0) yield line();
}
