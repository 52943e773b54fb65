import { stream as streaming, Worksheet } from 'exceljs';
import { finished } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import { ReportSummary } from '../data/entities/report';
import { DRIFT_COLUMNS, driftCells, SUMMARY_COLUMNS, summaryCells } from './report-table';
import { ReportWriter, Sinks } from './report-writers';

/** A sheet of Excel ends at 1,048,576 rows. */
const ROWS_A_SHEET = 1_000_000;

/** 汇总 and 差异, each row let go of as soon as it is written. Text is text: no cell of it is ever a formula. */
export function xlsxWriter(sinks: Sinks, summary: ReportSummary): ReportWriter {
  const sink = sinks('report.xlsx');
  const written = finished(sink);
  written.catch(() => undefined);
  const workbook = new streaming.xlsx.WorkbookWriter({ stream: sink, useStyles: false, useSharedStrings: false });
  const sums = workbook.addWorksheet('汇总');
  sums.addRow(SUMMARY_COLUMNS.map(([, heading]) => heading)).commit();
  summaryCells(summary, true).forEach((cells) => sums.addRow(cells).commit());
  sums.commit();
  let sheet: Worksheet | null = null;
  let sheets = 0;
  let rows = 0;
  const nextSheet = () => {
    sheet?.commit();
    sheets += 1;
    rows = 0;
    sheet = workbook.addWorksheet(sheets === 1 ? '差异' : `差异 ${sheets}`);
    sheet.addRow(DRIFT_COLUMNS.map(([, heading]) => heading)).commit();
    return sheet;
  };
  nextSheet();
  return {
    async drift(found) {
      for (const row of found) {
        const into = rows < ROWS_A_SHEET ? (sheet as Worksheet) : nextSheet();
        into.addRow(driftCells(row)).commit();
        rows += 1;
      }
      // The writer does not wait for its zip: give it a turn.
      await setImmediate();
    },
    async end() {
      sheet?.commit();
      await workbook.commit();
      await written;
      return sink.facts();
    },
  };
}
