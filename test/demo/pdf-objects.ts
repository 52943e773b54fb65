import { inflateSync } from 'node:zlib';

/** What a test sees of a PDF: just enough of ISO 32000-1 for one page with one composite font. */
export interface PdfObjects {
  trailer: string;
  /** Info strings that stand in the dictionary itself. */
  info: Record<string, string>;
  /** The dictionaries of all objects. */
  dictionaries: string[];
  /** The operators of the page. */
  content: string;
  /** What each text-showing operator shows, through ToUnicode. */
  texts: string[];
}

export function readPdf(pdf: Buffer): PdfObjects {
  const file = pdf.toString('latin1');
  const trailer = file.slice(file.lastIndexOf('trailer'));
  const objects = new Map(offsets(file).map((offset) => objectAt(file, offset)));
  const stream = (reference: RegExp) => {
    const owner = [...objects.values()].find(({ dictionary }) => reference.test(dictionary));
    const id = Number(reference.exec(owner?.dictionary ?? '')?.[1]);
    return inflateSync(Buffer.from(objects.get(id)?.stream ?? '', 'latin1')).toString('latin1');
  };
  const content = stream(/\/Contents (\d+) 0 R/);
  const info = objects.get(Number(/\/Info (\d+) 0 R/.exec(trailer)?.[1]))?.dictionary ?? '';
  return {
    trailer,
    info: Object.fromEntries([...info.matchAll(/\/(\S+) \(([^)]*)\)/g)].map(([, key, value]) => [key, value])),
    dictionaries: [...objects.values()].map(({ dictionary }) => dictionary),
    content,
    texts: shownTexts(content, unicodes(stream(/\/ToUnicode (\d+) 0 R/))),
  };
}

function offsets(file: string): number[] {
  const table = file.slice(Number(/startxref\s+(\d+)/.exec(file)?.[1]));
  return [...table.matchAll(/^(\d{10}) 00000 n/gm)].map(([, offset]) => Number(offset));
}

function objectAt(file: string, offset: number): [number, { dictionary: string; stream?: string }] {
  const head = /^(\d+) 0 obj\s/.exec(file.slice(offset, offset + 20));
  if (!head) throw new Error(`no object at ${offset}`);
  const body = file.slice(offset + head[0].length);
  const stream = body.indexOf('stream\n');
  const end = body.indexOf('endobj');
  if (stream < 0 || end < stream) return [Number(head[1]), { dictionary: body.slice(0, end) }];
  const dictionary = body.slice(0, stream);
  const length = Number(/\/Length (\d+)/.exec(dictionary)?.[1]);
  return [Number(head[1]), { dictionary, stream: body.slice(stream + 7, stream + 7 + length) }];
}

function unicodes(cmap: string): string[] {
  const ranges = [...cmap.matchAll(/<[0-9a-f]{4}> <[0-9a-f]{4}> \[([^\]]*)\]/g)];
  return ranges.flatMap(([, entries = '']) =>
    [...entries.matchAll(/<([0-9a-f ]*)>/g)].map(([, hex = '']) =>
      Buffer.from(hex.replaceAll(' ', ''), 'hex').swap16().toString('utf16le'),
    ),
  );
}

function shownTexts(content: string, unicode: string[]): string[] {
  return [...content.matchAll(/\[([^\]]*)\] TJ/g)].map(([, runs = '']) =>
    [...runs.matchAll(/<([0-9a-f]*)>/g)]
      .flatMap(([, hex = '']) => hex.match(/.{4}/g) ?? [])
      .map((glyph) => unicode[parseInt(glyph, 16)])
      .join(''),
  );
}
