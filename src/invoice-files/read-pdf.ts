import { Fault, fault } from '../domain/fault';
import { Fact } from '../domain/invoice-facts';
import { hasNumber, readFaceText } from './face-text';
import { bomb, otherInvoices, overgrown, Unreadable, unreadable } from './file-faults';
import { unpackStreams } from './inflate-budget';
import { PdfDocument } from './pdf-document';
import { Part } from './pdf-drawing';
import { Pictures } from './pdf-pictures';
import { PageText } from './pdf-text';
import { damaged, isDamaged } from './pdf-damage';
import { infoFacts, INFO_KEYS, InfoKeys, scanInfo } from './pdf-info';
import { dangersIn } from './pdf-safety';
import { hidesObjects, outsideStreams } from './pdf-scan';
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
  const outside = outsideStreams(bytes);
  const { words } = outside;
  if (outside.cut || hidesObjects(bytes, outside)) return { facts: [], faults: [overgrown()] };
  const unpacked = await unpackStreams(bytes, words);
  if (unpacked.bomb) return { facts: [], faults: [bomb()] };
  if (unpacked.hidden) return { facts: [], faults: [overgrown()] };
  const faults = dangersIn(`${words}\n${unpacked.objects}`);
  if (faults.some(({ severity }) => severity === 'error')) return { facts: [], faults };
  const scanned = scanInfo(`${words}\n${unpacked.objects}`);
  const document = PdfDocument.open(tools.pdfium, bytes);
  if (typeof document === 'string')
    return { facts: infoFacts(scanned), faults: [...faults, isDamaged(bytes) ? damaged() : unreadable(document)] };
  try {
    const hidden = hiddenDangers(document, bytes, words);
    if (hidden.length > 0) return { facts: [], faults: hidden };
    if (document.pages > MOST_PAGES) faults.push(tooManyPages(document.pages));
    const attached = readAttachments(document.attachments(), `${words}\n${unpacked.objects}`);
    const info = infoFacts(infoOf(document));
    const face = await readFace(document, tools, [...info, ...attached.facts.flat()]);
    const facts = [...info, ...ofThisInvoice(attached.facts, [...info, ...face.facts])];
    if (face.blank && isDamaged(bytes)) return { facts, faults: [...faults, damaged()] };
    const others = attached.known ? faults.filter(({ code }) => code !== 'PDF-SAFE-04') : faults;
    return { facts: [...facts, ...face.facts], faults: [...others, ...face.faults] };
  } finally {
    document.close();
  }
}

/** A cross-reference may lead into the bytes of a stream, where whoever scans the words between streams sees no object. */
function hiddenDangers(document: PdfDocument, bytes: Buffer, words: string): Fault[] {
  const told = [
    ...(document.scripts > 0 ? ['/S /JavaScript'] : []),
    ...(document.encrypted ? ['/Encrypt <<'] : []),
    ...(document.dynamicForm ? ['/XFA ['] : []),
    // Twelve letters stand in no packed bytes by chance.
    ...LONG_NAMES.filter((name) => bytes.includes(name) && !words.includes(name)).map((name) => `/S ${name}`),
  ];
  return told.length > 0 ? dangersIn(told.join('\n')) : [];
}

const LONG_NAMES = ['/JavaScript', '/SubmitForm', '/ImportData', '/Rendition'];

/** The Info keys by way of the cross-reference: also where they lie in a compressed object. */
function infoOf(document: PdfDocument): InfoKeys {
  return Object.fromEntries(INFO_KEYS.map((key) => [key, document.info(key)]).filter(([, value]) => value !== ''));
}

/**
 * Accounting data (XBRL, XML) rides along with many invoices, and with some their OFD. `known`: nothing else is attached,
 * neither to the file nor to a note on a page, which only the file's own words tell.
 */
function readAttachments(contents: readonly Buffer[], words: string): { facts: Fact[][]; known: boolean } {
  const read = contents.map((content) => {
    if (content.subarray(0, 2).equals(OFD_START) && content.includes('OFD.xml')) return [];
    try {
      return readXmlInvoice(parseXml(content), 'xml') ?? [];
    } catch {
      return null;
    }
  });
  // A later revision may write a file's entry anew: what counts is how many files there are.
  const attached = new Set(words.match(/\/EF\s*<<[^>]{0,100}?(\d+\s+\d+\s+R)/g)).size;
  return { facts: read.map((facts) => facts ?? []), known: attached <= read.length && read.every((facts) => facts) };
}

const OFD_START = Buffer.from('PK');

/** What is attached of another invoice, of the one that this takes the place of, say, speaks of that one. */
function ofThisInvoice(attached: readonly Fact[][], others: readonly Fact[]): Fact[] {
  const known = new Set(others.filter(isNumber).map(({ value }) => value));
  return attached.filter((facts) => known.size === 0 || known.has(numberOf(facts) as string)).flat();
}

/** The first page is the face, with the QR code; an invoice of many lines has its sums on the last. */
async function readFace(
  document: PdfDocument,
  tools: PdfTools,
  others: readonly Fact[],
): Promise<Reading & { blank: boolean }> {
  // The first page last, so that it is still there for its pictures.
  const sheets = Array.from({ length: Math.min(document.pages, MOST_READ) }, (_, n) => n)
    .reverse()
    .map((n) => document.page(n)?.text())
    .reverse();
  if (!sheets[0]) return { facts: [], faults: [unreadable('broken')], blank: true };
  const front = frontOf(sheets);
  const pages = sheets.slice(front).map((sheet) => sheet?.pieces ?? []);
  const printed = readFaceText(pages);
  // What a scanner recognised may be misread.
  const text =
    sheets[front]?.seen === false ? printed.map((fact): Fact => ({ ...fact, confidence: 'likely' })) : printed;
  const pictures = document.page(front)?.pictures() ?? NO_PICTURES;
  const known = new Set([...others, ...text].filter(isNumber).map(({ value }) => value));
  const codes = await readCodes(pictures, known, (part) => drawnPage(document, front, part), tools);
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

const NO_PICTURES: Pictures = { square: [], drawings: [], others: false };
/** A list of trips or a letter may come first. */
const FRONT_PAGES = 3;

/** The page that is the invoice's face: the first that has its number, or else the first. */
function frontOf(sheets: readonly (PageText | undefined)[]): number {
  if (sheets.length === 1) return 0;
  const found = sheets.slice(0, FRONT_PAGES).findIndex((sheet) => sheet && hasNumber(sheet.pieces));
  return Math.max(0, found);
}

function drawnPage(document: PdfDocument, index: number, part: Part): Picture | null {
  return document.page(index)?.drawn(part) ?? null;
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
