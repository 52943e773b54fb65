import { Fault, fault } from '../domain/fault';
import { Fact } from '../domain/invoice-facts';
import { readFaceText } from './face-text';
import { bomb, otherInvoices, overgrown, Unreadable, unreadable } from './file-faults';
import { unpackStreams } from './inflate-budget';
import { PdfDocument, PdfPage } from './pdf-document';
import { Part } from './pdf-drawing';
import { Pictures } from './pdf-pictures';
import { damaged, isDamaged } from './pdf-damage';
import { infoFacts, INFO_KEYS, InfoKeys, scanInfo } from './pdf-info';
import { dangersIn } from './pdf-safety';
import { outsideStreams } from './pdf-scan';
import { Pdfium } from './pdfium';
import { Picture } from './picture';
import { readQrPayload } from './qr-payload';
import { parseXml } from './safe-xml';
import { readXmlInvoice } from './xml-invoice';

/** What a reading thread has loaded. */
export interface PdfTools {
  pdfium: Pdfium;
  /** Texts of the QR codes in a picture; `thorough`: of any size and however it is turned. */
  codesIn(picture: Picture, thorough: boolean): Promise<string[]>;
}

export interface Reading {
  facts: Fact[];
  /** What is wrong with the file by itself: dangers as errors, what could not be read as warnings. */
  faults: Fault[];
  /** Why nothing at all was read, where that is so. */
  unread?: Unreadable;
}

/** More pages than this no invoice has; its first are read in any case. */
const MOST_PAGES = 200;
const MOST_READ = 10;

/** Everything that a PDF says of its invoice. Throws `PdfiumFailure` where it breaks PDFium. */
export async function readPdf(bytes: Buffer, tools: PdfTools): Promise<Reading> {
  const { words, cut } = outsideStreams(bytes);
  if (cut) return { facts: [], faults: [overgrown()] };
  const unpacked = await unpackStreams(bytes, words);
  if (unpacked.bomb) return { facts: [], faults: [bomb()] };
  const faults = dangersIn(`${words}\n${unpacked.objects}`);
  if (faults.some(({ severity }) => severity === 'error')) return { facts: [], faults };
  const scanned = scanInfo(`${words}\n${unpacked.objects}`);
  const document = PdfDocument.open(tools.pdfium, bytes);
  if (typeof document === 'string')
    return { facts: infoFacts(scanned), faults: [...faults, isDamaged(bytes) ? damaged() : unreadable(document)] };
  try {
    // A cross-reference may lead into the bytes of a stream, where whoever scans the file sees no object.
    if (document.scripts > 0) return { facts: [], faults: dangersIn('/S /JavaScript') };
    if (document.pages > MOST_PAGES) faults.push(tooManyPages(document.pages));
    const attached = readAttachments(document.attachments(), `${words}\n${unpacked.objects}`);
    const facts = [...infoFacts({ ...scanned, ...infoOf(document) }), ...attached.facts];
    const face = await readFace(document, tools, facts);
    if (face.blank && isDamaged(bytes)) return { facts, faults: [...faults, damaged()] };
    const others = attached.known ? faults.filter(({ code }) => code !== 'PDF-SAFE-04') : faults;
    return { facts: [...facts, ...face.facts], faults: [...others, ...face.faults] };
  } finally {
    document.close();
  }
}

/** The Info keys by way of the cross-reference: also where they lie in a compressed object. */
function infoOf(document: PdfDocument): InfoKeys {
  return Object.fromEntries(INFO_KEYS.map((key) => [key, document.info(key)]).filter(([, value]) => value !== ''));
}

/**
 * Accounting data (XBRL, XML) rides along with many invoices, and with some their OFD. `known`: nothing else is attached,
 * neither to the file nor to a note on a page, which only the file's own words tell.
 */
function readAttachments(contents: readonly Buffer[], words: string): { facts: Fact[]; known: boolean } {
  const read = contents.map((content) => {
    if (content.subarray(0, 2).equals(OFD_START) && content.includes('OFD.xml')) return [];
    try {
      return readXmlInvoice(parseXml(content), 'xml') ?? [];
    } catch {
      return null;
    }
  });
  const attached = words.match(/\/EF\s*<</g)?.length ?? 0;
  return {
    facts: read.flatMap((facts) => facts ?? []),
    known: attached <= read.length && read.every((facts) => facts),
  };
}

const OFD_START = Buffer.from('PK');

/** The first page is the face, with the QR code; an invoice of many lines has its sums on the last. */
async function readFace(
  document: PdfDocument,
  tools: PdfTools,
  others: readonly Fact[],
): Promise<Reading & { blank: boolean }> {
  const seen = document.withPage(0, (page) => ({ pieces: page.characters(), pictures: page.pictures() }));
  if (!seen) return { facts: [], faults: [unreadable('broken')], blank: true };
  const pages = [seen.pieces];
  for (let n = 1; n < Math.min(document.pages, MOST_READ); n += 1)
    pages.push(document.withPage(n, (page) => page.characters()) ?? []);
  const text = readFaceText(pages);
  const known = new Set([...others, ...text].filter(isNumber).map(({ value }) => value));
  const codes = await readCodes(seen.pictures, known, (part) => drawnPage(document, part), tools);
  // Whose number is on a QR code or among the keys is an invoice, whatever its remarks speak of.
  const numbered = [...others, ...codes.flat()].some(isNumber);
  const facts = [...(codes[0] ?? []), ...text.filter((fact) => !(numbered && saysNoInvoice(fact)))];
  const blank = pages.flat().every((piece) => piece.text.trim() === '');
  const silent = ![...facts, ...others].some(({ field }) => ['number', 'fee', 'document'].includes(field));
  return {
    facts,
    blank: blank || silent,
    faults: [
      ...(new Set(codes.map(numberOf)).size > 1 ? [otherInvoices()] : []),
      ...(silent ? [unreadable(blank ? 'blank' : 'not_an_invoice')] : []),
    ],
  };
}

function drawnPage(document: PdfDocument, part: Part): Picture | null {
  return document.withPage(0, (page: PdfPage) => page.drawn(part));
}

/**
 * The QR codes of invoices on the page. Drawing it is spared where its square images are codes of the very invoice that
 * text or keys name, and where nothing is drawn that could be a code; else what counts is what is seen.
 */
async function readCodes(
  { square, drawings, others }: Pictures,
  known: ReadonlySet<Fact['value']>,
  draw: (part: Part) => Picture | null,
  tools: PdfTools,
): Promise<Fact[][]> {
  const payloads = async (picture: Picture | null, thorough: boolean) =>
    picture === null
      ? []
      : (await tools.codesIn(picture, thorough)).map((code) => readQrPayload(code)).filter((one) => one !== null);
  const read: Fact[][] = [];
  for (const image of square) read.push(...(await payloads(image, false)));
  if (read.length > 0 && read.every((facts) => known.has(numberOf(facts) as string))) return read;
  if (square.length === 0 && !others) return [];
  for (const part of [...drawings, 'corner', 'all'] as const) {
    const seen = await payloads(draw(part), part === 'all');
    if (seen.length > 0) return seen;
  }
  return read;
}

function saysNoInvoice({ field, value }: Fact): boolean {
  return field === 'document' && ['fiscal_receipt', 'trip_list', 'utility_bill'].includes(value);
}

function isNumber({ field }: Fact): boolean {
  return field === 'number';
}

function numberOf(facts: readonly Fact[]): Fact['value'] | undefined {
  return facts.find(isNumber)?.value;
}

function tooManyPages(pages: number): Fault {
  return fault(
    'PDF-PAGES-01',
    '/pdf',
    `PDF 有 ${pages} 页，发票最多 ${MOST_PAGES} 页。请使用原始发票文件。`,
    `The PDF has ${pages} pages; an invoice has at most ${MOST_PAGES}. Use the invoice as issued.`,
  );
}
