import type { PDFDocumentProxy, PDFPageProxy } from 'pdfjs-dist/types/src/pdf';
import { Fault, fault } from '../domain/fault';
import { Fact } from '../domain/invoice-facts';
import { readFaceText } from './face-text';
import { bomb, otherInvoices, overgrown, Unreadable, unreadable, wrongCrc } from './file-faults';
import { unpackStreams } from './inflate-budget';
import { infoFacts, InfoKeys, scanInfo } from './pdf-info';
import { dangersIn } from './pdf-safety';
import { outsideStreams } from './pdf-scan';
import { QrReading, readQrPayload } from './qr-payload';
import { Picture } from './qr-shapes';
import { TextPiece } from './text-lines';

/** The libraries that a reading thread has loaded: ES modules, which only it can. */
export interface PdfTools {
  openPdf(bytes: Uint8Array): Promise<PDFDocumentProxy>;
  /** Texts of the QR codes in a picture. */
  codesIn(picture: Picture): Promise<string[]>;
  /** Texts of the QR codes on the upper left quarter (or all) of a page. */
  qrCodes(page: PDFPageProxy, part: 'corner' | 'all'): Promise<string[]>;
}

export interface Reading {
  facts: Fact[];
  /** What is wrong with the file by itself: dangers as errors, what could not be read as warnings. */
  faults: Fault[];
  /** Why nothing at all was read, where that is so. */
  unread?: Unreadable;
}

/** More pages than this no invoice has; its first is read in any case. */
const MOST_PAGES = 200;

/** Everything that a PDF says of its invoice. */
export async function readPdf(bytes: Buffer, tools: PdfTools): Promise<Reading> {
  const { words, cut } = outsideStreams(bytes);
  if (cut) return { facts: [], faults: [overgrown()] };
  const unpacked = await unpackStreams(bytes);
  if (unpacked.bomb) return { facts: [], faults: [bomb()] };
  const faults = dangersIn(`${words}\n${unpacked.objects}`);
  if (faults.some(({ severity }) => severity === 'error')) return { facts: [], faults };
  const shapes = unpacked.shapes;
  const scanned = scanInfo(`${words}\n${unpacked.objects}`);
  let document: PDFDocumentProxy;
  try {
    document = await tools.openPdf(new Uint8Array(bytes));
  } catch (error) {
    const why = (error as Error).name === 'PasswordException' ? 'encrypted' : 'broken';
    return { facts: infoFacts(scanned), faults: [...faults, unreadable(why)] };
  }
  try {
    // A cross-reference may lead into the bytes of a stream, where whoever scans the file sees no object.
    if (await document.hasJSActions().catch(() => false)) return { facts: [], faults: dangersIn('/S /JavaScript') };
    if (document.numPages > MOST_PAGES) faults.push(tooManyPages(document.numPages));
    const facts = infoFacts({ ...scanned, ...(await customInfo(document)) });
    const face = await readPage(document, tools, facts, shapes);
    return { facts: [...facts, ...face.facts], faults: [...faults, ...face.faults] };
  } finally {
    await document.loadingTask.destroy();
  }
}

/** The Info keys by way of the cross-reference: also where they lie in a compressed object. */
async function customInfo(document: PDFDocumentProxy): Promise<InfoKeys> {
  try {
    const { info } = await document.getMetadata();
    const custom = ((info as { Custom?: unknown }).Custom ?? {}) as Record<string, unknown>;
    return Object.fromEntries(Object.entries(custom).filter(([, value]) => typeof value === 'string'));
  } catch {
    return {};
  }
}

/** The first page alone: the face of an invoice is one page, what follows are lists. */
async function readPage(
  document: PDFDocumentProxy,
  tools: PdfTools,
  info: readonly Fact[],
  shapes: readonly Picture[],
): Promise<Reading> {
  let page: PDFPageProxy;
  let pieces: TextPiece[];
  try {
    page = await document.getPage(1);
    pieces = await piecesOf(page);
  } catch {
    return { facts: [], faults: [unreadable('broken')] };
  }
  const text = readFaceText(pieces);
  const qr = await readQr(page, tools, [...info, ...text], shapes);
  const facts = [...qr.facts, ...text];
  const blank = pieces.every((piece) => piece.text.trim() === '');
  const silent = !facts.some(({ field }) => field === 'number' || field === 'fee');
  return { facts, faults: [...qr.faults, ...(silent ? [unreadable(blank ? 'blank' : 'not_an_invoice')] : [])] };
}

/**
 * The code as it is seen on the page. To draw the page is half of the work; it is spared where a shape among the streams
 * is a code of the very invoice that the text or the keys name.
 */
async function readQr(
  page: PDFPageProxy,
  tools: PdfTools,
  others: readonly Fact[],
  shapes: readonly Picture[],
): Promise<Reading> {
  let read: QrReading[] = [];
  try {
    for (const shape of shapes) read.push(...payloads(await tools.codesIn(shape)));
    if (
      read.length === 0 ||
      !read.every((one) => others.some((fact) => isNumber(fact) && fact.value === numberOf(one)))
    ) {
      read = payloads(await tools.qrCodes(page, 'corner'));
      if (read.length === 0) read = payloads(await tools.qrCodes(page, 'all'));
    }
  } catch {
    return { facts: [], faults: [] };
  }
  const [first] = read;
  if (!first) return { facts: [], faults: [] };
  return {
    facts: first.facts,
    faults: [
      ...(first.crc === 'wrong' ? [wrongCrc()] : []),
      ...(new Set(read.map(numberOf)).size > 1 ? [otherInvoices()] : []),
    ],
  };
}

function payloads(codes: readonly string[]): QrReading[] {
  return codes.map((code) => readQrPayload(code)).filter((one) => one !== null);
}

function isNumber({ field }: Fact): boolean {
  return field === 'number';
}

function numberOf({ facts }: QrReading): Fact['value'] | undefined {
  return facts.find(isNumber)?.value;
}

/** Text that runs from left to right, where it stands on the page as it is seen. */
async function piecesOf(page: PDFPageProxy): Promise<TextPiece[]> {
  const { items } = await page.getTextContent();
  const turned = page.rotate % 360;
  return items.slice(0, MOST_PIECES).flatMap((item) => {
    if (!('str' in item)) return [];
    const [a, b, , , x, y] = item.transform as number[] as [number, number, number, number, number, number];
    const height = item.height || Math.hypot(a, b);
    if (turned === 90) return [{ text: item.str, x: y, y: -x, width: item.width, height }];
    if (turned === 270) return [{ text: item.str, x: -y, y: x, width: item.width, height }];
    return [{ text: item.str, x, y, width: item.width, height }];
  });
}

const MOST_PIECES = 20_000;

function tooManyPages(pages: number): Fault {
  return fault(
    'PDF-PAGES-01',
    '/pdf',
    `PDF 有 ${pages} 页，发票最多 ${MOST_PAGES} 页。请使用原始发票文件。`,
    `The PDF has ${pages} pages; an invoice has at most ${MOST_PAGES}. Use the invoice as issued.`,
  );
}
