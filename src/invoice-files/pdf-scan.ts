/** More than this outside its streams no invoice has, nor more streams: a page with its fonts and lists takes a hundred. */
const MOST_WORDS = 1024 * 1024;
export const MOST_STREAMS = 5000;
/** A stream's dictionary is looked at by its last words. */
const DICTIONARY = 400;

export interface Outside {
  words: string;
  /** There is more, which is not looked at. */
  cut: boolean;
  /** A stream does not end where its dictionary says. */
  misplaced: boolean;
}

/**
 * A PDF's own words: everything outside its streams, with names unescaped (`/J#53` is `/JS`). Found without parsing, so
 * it works on broken files, in one pass whatever the file is made of.
 */
export function outsideStreams(pdf: Buffer): Outside {
  let words = '';
  let at = 0;
  let misplaced = false;
  for (let streams = 0; ; streams += 1) {
    const start = streamStart(pdf, at);
    const { end: close, told } = start ? streamEnd(pdf, start, at) : NO_END;
    if (!told) misplaced = true;
    // A stream without an end hides nothing.
    const end = start && close >= 0 ? start.keyword : pdf.length;
    words += pdf.toString('latin1', at, Math.min(end, at + MOST_WORDS + 1 - words.length));
    const cut = words.length > MOST_WORDS || streams > MOST_STREAMS;
    if (cut || close < 0) return { words: unescapeNames(words), cut, misplaced };
    words += '\n';
    at = close;
  }
}

/** Where each stream's bytes begin, with the words of its dictionary before it. */
export function* streamsOf(pdf: Buffer): Generator<{ data: number; dictionary: string }> {
  for (let start = streamStart(pdf, 0); start; start = streamStart(pdf, start.data)) {
    const dictionary = pdf.toString('latin1', Math.max(0, start.keyword - DICTIONARY), start.keyword);
    yield { data: start.data, dictionary: unescapeNames(dictionary) };
  }
}

interface Start {
  keyword: number;
  data: number;
}

/** The keyword `stream` before a line end (ISO 32000-1 §7.3.8.1). */
function streamStart(pdf: Buffer, from: number): Start | null {
  for (let at = pdf.indexOf('stream', from); at >= 0; at = pdf.indexOf('stream', at + 6)) {
    const next = pdf[at + 6];
    if (pdf[at - 1] === 0x64 && pdf[at - 2] === 0x6e && pdf[at - 3] === 0x65) continue;
    if (next === 0x0a) return { keyword: at, data: at + 7 };
    if (next === 0x0d) return { keyword: at, data: at + (pdf[at + 7] === 0x0a ? 8 : 7) };
  }
  return null;
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
  const dictionary = pdf.toString('latin1', Math.max(from, keyword - DICTIONARY), keyword);
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
