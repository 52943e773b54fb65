import { once } from 'node:events';
import { PassThrough, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { Cell } from './report-table';
import { Look, partsAround, rowXml, SHEET_END, sheetHead, XML } from './workbook-xml';

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
  async begin(name: string, look: Look = {}): Promise<void> {
    await this.endSheet();
    this.names.push(name);
    this.rows = 0;
    this.sheet = new PassThrough();
    this.zip.addReadStream(this.sheet, `xl/worksheets/sheet${this.names.length}.xml`);
    await this.put(sheetHead(look));
  }

  async add(rows: readonly (readonly Cell[])[], as: 'row' | 'heading' = 'row'): Promise<void> {
    await this.put(rows.map((cells, n) => rowXml(this.rows + n + 1, cells, as === 'heading')).join(''));
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
    await this.put(SHEET_END);
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
