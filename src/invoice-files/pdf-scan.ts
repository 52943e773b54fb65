/** More than this outside its streams no invoice has; the rest is not looked at here. */
const MOST = 4 * 1024 * 1024;

/**
 * A PDF's own words: everything outside its streams, with names unescaped (`/J#53` is `/JS`). Found without parsing, so
 * it works on broken files and takes well under a millisecond for an ordinary one.
 */
export function outsideStreams(pdf: Buffer): string {
  const parts: string[] = [];
  let size = 0;
  let at = 0;
  while (at < pdf.length && size < MOST) {
    const start = streamStart(pdf, at);
    const end = Math.min(start?.keyword ?? pdf.length, at + MOST - size);
    parts.push(pdf.toString('latin1', at, end));
    size += end - at;
    if (!start) break;
    const close = pdf.indexOf('endstream', start.data);
    if (close < 0) break;
    at = close + 'endstream'.length;
  }
  return unescapeNames(parts.join('\n'));
}

/** Where each stream's bytes begin, with the words of its dictionary before it. */
export function* streamsOf(pdf: Buffer): Generator<{ data: number; dictionary: string }> {
  for (let start = streamStart(pdf, 0); start; start = streamStart(pdf, start.data)) {
    const dictionary = pdf.toString('latin1', Math.max(0, start.keyword - 400), start.keyword);
    yield { data: start.data, dictionary: unescapeNames(dictionary) };
  }
}

/** The keyword `stream` before a line end (ISO 32000-1 §7.3.8.1). */
function streamStart(pdf: Buffer, from: number): { keyword: number; data: number } | null {
  for (let at = pdf.indexOf('stream', from); at >= 0; at = pdf.indexOf('stream', at + 6)) {
    const next = pdf[at + 6];
    const closes = at >= 3 && pdf.toString('latin1', at - 3, at) === 'end';
    if (closes) continue;
    if (next === 0x0a) return { keyword: at, data: at + 7 };
    if (next === 0x0d) return { keyword: at, data: at + (pdf[at + 7] === 0x0a ? 8 : 7) };
  }
  return null;
}

export function unescapeNames(text: string): string {
  if (!text.includes('#')) return text;
  return text.replace(/#([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}
