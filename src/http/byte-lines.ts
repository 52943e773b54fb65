/**
 * The stream's lines as bytes, without their line feeds, as they come. A line longer than `maxLineBytes` is not kept in memory;
 * beyond `maxBytes` nothing more is read.
 */
export async function* byteLines(
  stream: AsyncIterable<Buffer>,
  maxLineBytes: number,
  maxBytes: number,
): AsyncGenerator<Buffer | 'too_long' | 'too_much'> {
  let pending: Buffer[] = [];
  let size = 0;
  let total = 0;
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
      size += end - from;
      if (size <= maxLineBytes) pending.push(chunk.subarray(from, end));
      from = end + 1;
      yield line();
    }
    size += chunk.length - from;
    if (size <= maxLineBytes) pending.push(chunk.subarray(from));
    else pending = [];
  }
  if (size > 0) yield line();
}
