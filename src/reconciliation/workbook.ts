import { once } from 'node:events';
import { PassThrough, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { Cell } from './report-table';

const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

/**
 * A workbook (ECMA-376, Office Open XML) while it is written: whoever adds rows waits for the zip, and the zip for the
 * sink, so that no more of it is held than a handful of rows, however many there are.
 */
export class WorkbookStream {
  private readonly zip = new ZipFile();
  private readonly names: string[] = [];
  private readonly written: Promise<void>;
  private readonly failed = new AbortController();
  private sheet: PassThrough | null = null;
  private rows = 0;

  constructor(sink: Writable) {
    this.written = pipeline(this.zip.outputStream, sink);
    // A sink that fails takes nothing more: whoever waits for it is told.
    this.written.catch((error: unknown) => this.failed.abort(error));
  }

  /** Rows are added to this sheet until another one is begun. */
  async begin(name: string): Promise<void> {
    await this.endSheet();
    this.names.push(name);
    this.rows = 0;
    this.sheet = new PassThrough();
    this.zip.addReadStream(this.sheet, `xl/worksheets/sheet${this.names.length}.xml`);
    await this.put(`${XML}<worksheet xmlns="${MAIN}"><sheetData>`);
  }

  async add(rows: readonly (readonly Cell[])[]): Promise<void> {
    await this.put(rows.map((cells, n) => rowXml(this.rows + n + 1, cells)).join(''));
    this.rows += rows.length;
  }

  async end(): Promise<void> {
    await this.endSheet();
    for (const [path, xml] of Object.entries(partsAround(this.names))) this.zip.addBuffer(Buffer.from(XML + xml), path);
    this.zip.end();
    await this.written;
  }

  private async endSheet(): Promise<void> {
    if (!this.sheet) return;
    await this.put('</sheetData></worksheet>');
    this.sheet.end();
  }

  private async put(xml: string): Promise<void> {
    const { signal } = this.failed;
    signal.throwIfAborted();
    const sheet = this.sheet as PassThrough;
    if (sheet.write(xml)) return;
    await once(sheet, 'drain', { signal }).catch(() => signal.throwIfAborted());
  }
}

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';

/** Strings are inline: a table of shared ones would have to be held to the end. No cell is ever a formula. */
function rowXml(n: number, cells: readonly Cell[]): string {
  const xml = cells.map((cell, column) => {
    if (cell === null) return '';
    // Sheets here have fewer columns than the alphabet letters.
    const at = `${String.fromCharCode(65 + column)}${n}`;
    if (typeof cell === 'number') return `<c r="${at}"><v>${cell}</v></c>`;
    return `<c r="${at}" t="inlineStr"><is><t xml:space="preserve">${escaped(cell)}</t></is></c>`;
  });
  return `<row r="${n}">${xml.join('')}</row>`;
}

/** What tells a reader which sheets there are. */
function partsAround(names: string[]): Record<string, string> {
  const each = (xml: (name: string, n: number) => string) => names.map((name, n) => xml(name, n + 1)).join('');
  const sheets = each((name, n) => `<sheet name="${escaped(name)}" sheetId="${n}" r:id="rId${n}"/>`);
  const links = each(
    (_, n) => `<Relationship Id="rId${n}" Type="${OFFICE}/worksheet" Target="worksheets/sheet${n}.xml"/>`,
  );
  const types = each(
    (_, n) => `<Override PartName="/xl/worksheets/sheet${n}.xml" ContentType="${TYPE}.worksheet+xml"/>`,
  );
  const linked = (inside: string) => `<Relationships xmlns="${PACKAGE}/relationships">${inside}</Relationships>`;
  return {
    'xl/workbook.xml': `<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets>${sheets}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': linked(links),
    '_rels/.rels': linked(`<Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/>`),
    '[Content_Types].xml': `<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels"
      ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml"
      ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${TYPE}.sheet.main+xml"/>${types}</Types>`,
  };
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Other people's words as XML 1.0 may hold them (§2.2): a character it has no way to write becomes U+FFFD. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(FORBIDDEN, '\ufffd')
    .replace(/[&<>"]/g, (character) => ENTITIES[character] as string);
}

// eslint-disable-next-line no-control-regex
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;
