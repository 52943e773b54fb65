/** More than this outside its streams no invoice has, nor more streams: a page with its fonts and lists takes a hundred. */
const MOST_WORDS = 1024 * 1024;
export const MOST_STREAMS = 5000;
/** Of the words between two streams. */
const MOST_LOOKED_AT = 8 * 1024 * 1024;
const LONG_HEX = /<[0-9A-Fa-f\s]{1000,}>/g;
/** A stream's dictionary is looked for within so many bytes; an object stream's is shorter by far. */
const DICTIONARY = 65_536;
/** For its length its last words do. */
const LAST_WORDS = 400;

export interface Outside {
  words: string;
  /** There is more, which is not looked at. */
  cut: boolean;
  /** A stream does not end where its dictionary says. */
  misplaced: boolean;
  /** From where to where streams lie. */
  inside: [from: number, to: number][];
}

/**
 * A PDF's own words: everything outside its streams, names as they are written (`/J#53` is `/JS`). Found without parsing, so
 * it works on broken files, in one pass whatever the file is made of.
 */
export function outsideStreams(pdf: Buffer): Outside {
  let words = '';
  const inside: [from: number, to: number][] = [];
  let at = 0;
  let misplaced = false;
  for (let streams = 0; ; streams += 1) {
    const start = streamStart(pdf, at);
    const { end: close, told } = start ? streamEnd(pdf, start, at) : NO_END;
    if (!told) misplaced = true;
    // A stream without an end hides nothing.
    const end = start && close >= 0 ? start.keyword : pdf.length;
    // The bytes of a signature are words by their place alone.
    const own = pdf.toString('latin1', at, Math.min(end, at + MOST_LOOKED_AT)).replace(LONG_HEX, '<>');
    words += own.slice(0, MOST_WORDS + 1 - words.length);
    if (start && close >= 0) inside.push([start.data, close]);
    const cut = words.length > MOST_WORDS || streams > MOST_STREAMS;
    if (cut || close < 0) return { words, cut, misplaced, inside };
    words += '\n';
    at = close;
  }
}

/** Where each stream's bytes begin, with all words since the stream before it: its dictionary ends them. */
export function* streamsOf(pdf: Buffer): Generator<{ data: number; dictionary: string }> {
  for (let start = streamStart(pdf, 0); start; start = streamStart(pdf, start.data)) {
    const before = pdf.lastIndexOf(END, start.keyword - END.length);
    const from = Math.max(0, start.keyword - DICTIONARY, before < 0 ? 0 : before + END.length);
    yield { data: start.data, dictionary: unescapeNames(pdf.toString('latin1', from, start.keyword)) };
  }
}

interface Start {
  keyword: number;
  data: number;
}

/** The keyword `stream` behind a dictionary and before a line end (ISO 32000-1 §7.3.8.1). */
function streamStart(pdf: Buffer, from: number): Start | null {
  for (let at = pdf.indexOf('stream', from); at >= 0; at = pdf.indexOf('stream', at + 6)) {
    const next = pdf[at + 6];
    if (!followsDictionary(pdf, at)) continue;
    if (next === 0x0a) return { keyword: at, data: at + 7 };
    if (next === 0x0d) return { keyword: at, data: at + (pdf[at + 7] === 0x0a ? 8 : 7) };
  }
  return null;
}

/** `>>` and white space, the line of `>>` being no comment. */
function followsDictionary(pdf: Buffer, at: number): boolean {
  let end = at - 1;
  while (end > 0 && at - end < 64 && (pdf[end] as number) <= 0x20) end -= 1;
  if (pdf[end] !== 0x3e || pdf[end - 1] !== 0x3e) return false;
  let begin = end;
  while (begin > 0 && end - begin < 64 && pdf[begin] !== 0x0a && pdf[begin] !== 0x0d) begin -= 1;
  return !/^[\r\n\s]*%/.test(pdf.toString('latin1', begin, end));
}

const END = Buffer.from('endstream');

interface StreamEnd {
  /** Behind `endstream`; -1: there is none. */
  end: number;
  /** Where the dictionary says, or it does not say. */
  told: boolean;
}

const NO_END: StreamEnd = { end: -1, told: true };

/** Where the dictionary says that a stream ends, else at the first `endstream`. */
function streamEnd(pdf: Buffer, { keyword, data }: Start, from: number): StreamEnd {
  const dictionary = pdf.toString('latin1', Math.max(from, keyword - LAST_WORDS), keyword);
  const length = /^[^]*\/Length\s(\d{1,8})(?=\s*[/>])/.exec(dictionary)?.[1];
  if (length !== undefined) {
    let end = data + Number(length);
    if (pdf[end] === 0x0d) end += 1;
    if (pdf[end] === 0x0a) end += 1;
    if (pdf.subarray(end, end + END.length).equals(END)) return { end: end + END.length, told: true };
  }
  const found = pdf.indexOf(END, data);
  return { end: found < 0 ? -1 : found + END.length, told: length === undefined };
}

export function unescapeNames(text: string): string {
  if (!text.includes('#')) return text;
  return text.replace(/#([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

/**
 * Whether the cross-reference leads to an object that lies within the bytes of a stream, where whoever reads the words
 * between streams sees none. Offsets that are merely wrong lead to no object.
 */
export function hidesObjects(pdf: Buffer, { words, inside }: Outside): boolean {
  for (const [, offset = ''] of words.matchAll(/(?<!\d)(\d{10}) \d{5} n/g)) {
    const at = Number(offset);
    if (!inside.some(([from, to]) => at >= from && at < to)) continue;
    if (/^\s*\d+\s+\d+\s+obj/.test(pdf.toString('latin1', at, at + 40))) return true;
  }
  return false;
}
