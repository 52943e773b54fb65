import { stringify } from 'csv-stringify';
import { once } from 'node:events';
import { Writable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { ReportFile, ReportSummary } from '../data/entities/report';
import { Drift, InvoiceRow } from './report-facts';
import { PartSink } from './report-parts';
import {
  Cell,
  Column,
  DRIFT_COLUMNS,
  driftCells,
  INVOICE_COLUMNS,
  invoiceCells,
  SUMMARY_COLUMNS,
  summaryCells,
} from './report-table';
import { ReportHead } from './reports.api';
import { findingView } from './views';

/** One file of a report, written while its invoices, then its differences are read: none holds more than a handful. */
export interface ReportWriter {
  invoices(rows: InvoiceRow[]): Promise<void>;
  drift(rows: Drift[]): Promise<void>;
  end(): Promise<ReportFile>;
}

export type Sinks = (name: string) => PartSink;

const nothing = () => Promise.resolve();

/** {report, summary, invoices, drift}: the differences as the API shows them, invoices by the names of their columns. */
export function jsonWriter(sinks: Sinks, report: ReportHead, summary: ReportSummary): ReportWriter {
  const sink = sinks('report.json');
  const written = noticed(finished(sink));
  let before = `${JSON.stringify({ report, summary }).slice(0, -1)},"invoices":[\n`;
  let list: 'invoices' | 'drift' = 'invoices';
  const write = async (items: object[]) => {
    for (const item of items) {
      await put(sink, Buffer.from(before + JSON.stringify(item)));
      before = ',\n';
    }
  };
  const beginDrift = () => {
    if (list === 'invoices') before = `${before === ',\n' ? '\n' : before}],"drift":[\n`;
    list = 'drift';
  };
  return {
    invoices: (rows) => write(rows.map(namedCells)),
    async drift(rows) {
      beginDrift();
      await write(rows.map(findingView));
    },
    async end() {
      beginDrift();
      sink.end(before === ',\n' ? '\n]}\n' : `${before}]}\n`);
      await written;
      return sink.facts();
    },
  };
}

export function summaryCsv(sinks: Sinks, summary: ReportSummary): ReportWriter {
  const csv = csvFile(sinks('summary.csv'), SUMMARY_COLUMNS);
  return { invoices: nothing, drift: nothing, end: () => csv.end(summaryCells(summary, 'programs')) };
}

export function invoicesCsv(sinks: Sinks): ReportWriter {
  const csv = csvFile(sinks('invoices.csv'), INVOICE_COLUMNS);
  const cells = (row: InvoiceRow) => invoiceCells(row, 'programs');
  return { invoices: (rows) => csv.put(rows.map(cells)), drift: nothing, end: () => csv.end([]) };
}

export function driftCsv(sinks: Sinks): ReportWriter {
  const csv = csvFile(sinks('drift.csv'), DRIFT_COLUMNS);
  const cells = (row: Drift) => driftCells(row, 'programs');
  return { invoices: nothing, drift: (rows) => csv.put(rows.map(cells)), end: () => csv.end([]) };
}

function namedCells(row: InvoiceRow): Record<string, Cell> {
  const cells = invoiceCells(row, 'programs');
  return Object.fromEntries(INVOICE_COLUMNS.map(([name], n) => [name, cells[n] ?? null]));
}

/**
 * RFC 4180 with a byte order mark, without which Excel takes UTF-8 for GBK. What a spreadsheet would take for a formula
 * is led by an apostrophe: order ids and reasons are other people's words.
 */
function csvFile(sink: PartSink, columns: readonly Column[]) {
  const csv = stringify({ bom: true, escape_formulas: true, record_delimiter: 'windows' });
  const written = noticed(pipeline(csv, sink));
  csv.write(columns.map(([name]) => name));
  const write = async (rows: Cell[][]) => {
    for (const row of rows) await put(csv, row);
  };
  return {
    put: write,
    async end(rows: Cell[][]): Promise<ReportFile> {
      await write(rows);
      csv.end();
      await written;
      return sink.facts();
    },
  };
}

/** Waits while the stream has more than it can hold. */
async function put(stream: Writable, chunk: unknown): Promise<void> {
  if (!stream.write(chunk)) await once(stream, 'drain');
}

/** A stream that fails tells whoever waits for it, now or later. */
function noticed<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
