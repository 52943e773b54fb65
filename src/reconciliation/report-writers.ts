import { stringify } from 'csv-stringify';
import { once } from 'node:events';
import { Writable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { ReportFile, ReportSummary } from '../data/entities/report';
import { Drift } from './report-facts';
import { PartSink } from './report-parts';
import { Cell, DRIFT_COLUMNS, driftCells, SUMMARY_COLUMNS, summaryCells } from './report-table';
import { ReportHead } from './reports.api';
import { findingView } from './views';

/** One file of a report, written while its differences are read: none of them holds more than a handful. */
export interface ReportWriter {
  drift(rows: Drift[]): Promise<void>;
  end(): Promise<ReportFile>;
}

export type Sinks = (name: string) => PartSink;

/** {report, summary, drift}, as the API shows them. */
export function jsonWriter(sinks: Sinks, report: ReportHead, summary: ReportSummary): ReportWriter {
  const sink = sinks('report.json');
  const written = noticed(finished(sink));
  let before = `${JSON.stringify({ report, summary }).slice(0, -1)},"drift":[\n`;
  return {
    async drift(rows) {
      for (const row of rows) {
        await put(sink, Buffer.from(before + JSON.stringify(findingView(row))));
        before = ',\n';
      }
    },
    async end() {
      sink.end(before === ',\n' ? '\n]}\n' : `${before}]}\n`);
      await written;
      return sink.facts();
    },
  };
}

export function summaryCsv(sinks: Sinks, summary: ReportSummary): ReportWriter {
  const csv = csvFile(sinks('summary.csv'), SUMMARY_COLUMNS);
  return { drift: () => Promise.resolve(), end: () => csv.end(summaryCells(summary, false)) };
}

export function driftCsv(sinks: Sinks): ReportWriter {
  const csv = csvFile(sinks('drift.csv'), DRIFT_COLUMNS);
  return { drift: (rows) => csv.put(rows.map(driftCells)), end: () => csv.end([]) };
}

/**
 * RFC 4180 with a byte order mark, without which Excel takes UTF-8 for GBK. What a spreadsheet would take for a formula
 * is led by an apostrophe: order ids and reasons are other people's words.
 */
function csvFile(sink: PartSink, columns: typeof DRIFT_COLUMNS) {
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
