/** Strings, with the colon that makes one a name, and the braces around names. */
const PIECE = /"([^"\\]*(?:\\.[^"\\]*)*)"(\s*:)?|[{}]/gs;
/** Words for people: nothing is decided by them. */
const WORDS = ['errmsg'];

/** An object that says one thing twice: whoever reads on believes the last one, somebody else the first. */
export class DoubledName extends Error {}

/** Throws where an object in this JSON names a field twice, however the names are escaped, or one that is `taken`. */
export function refuseDoubledNames(text: string, taken: readonly string[] = []): void {
  const objects: Set<string>[] = [];
  for (const [piece, raw, colon] of text.matchAll(PIECE)) {
    if (piece === '{') objects.push(new Set(taken));
    else if (piece === '}') objects.pop();
    else if (colon !== undefined && raw !== undefined) note(objects.at(-1), nameOf(raw));
  }
}

function note(names: Set<string> | undefined, name: string): void {
  if (names?.has(name) && !WORDS.includes(name)) throw new DoubledName();
  names?.add(name);
}

function nameOf(raw: string): string {
  return raw.includes('\\') ? (JSON.parse(`"${raw}"`) as string) : raw;
}
