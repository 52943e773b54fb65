import { ReportSummary } from '../data/entities/report';
import { DRIFT_COLUMNS, driftCells, SUMMARY_COLUMNS, summaryCells } from './report-table';
import { ReportWriter, Sinks } from './report-writers';
import { WorkbookStream } from './workbook';

/** A sheet of Excel ends at 1,048,576 rows. */
const ROWS_A_SHEET = 1_000_000;

/** 汇总 and 差异; more differences than a sheet can hold go on in 差异 2. */
export function xlsxWriter(sinks: Sinks, summary: ReportSummary, rowsASheet = ROWS_A_SHEET): ReportWriter {
  const sink = sinks('report.xlsx');
  const book = new WorkbookStream(sink);
  let sheets = 0;
  let room = 0;
  const nextSheet = async () => {
    if (sheets === 0) {
      await book.begin('汇总');
      await book.add([headings(SUMMARY_COLUMNS), ...summaryCells(summary, true)]);
    }
    sheets += 1;
    room = rowsASheet;
    await book.begin(sheets === 1 ? '差异' : `差异 ${sheets}`);
    await book.add([headings(DRIFT_COLUMNS)]);
  };
  return {
    async drift(found) {
      for (let rest = found; rest.length > 0;) {
        if (room === 0) await nextSheet();
        const fit = rest.slice(0, room);
        await book.add(fit.map(driftCells));
        room -= fit.length;
        rest = rest.slice(fit.length);
      }
    },
    async end() {
      if (sheets === 0) await nextSheet();
      await book.end();
      return sink.facts();
    },
  };
}

function headings(columns: typeof DRIFT_COLUMNS): string[] {
  return columns.map(([, heading]) => heading);
}
