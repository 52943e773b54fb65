import { ReportSummary } from '../data/entities/report';
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
import { ReportWriter, Sinks } from './report-writers';
import { ReportHead } from './reports.api';
import { WorkbookStream } from './workbook';

/** A sheet of Excel ends at 1,048,576 rows. */
const ROWS_A_SHEET = 1_000_000;

const DATED_BY = { accepted: '受理日 day of acceptance', issued: '开票日 day of the invoice' };

/** 汇总, 发票 and 差异, for people; what is more than a sheet can hold goes on in 差异 2. */
export function xlsxWriter(
  sinks: Sinks,
  head: ReportHead,
  summary: ReportSummary,
  rowsASheet = ROWS_A_SHEET,
): ReportWriter {
  const sink = sinks('report.xlsx');
  const book = new WorkbookStream(sink);
  const begun = beginWithSums(book, head, summary);
  // Whoever adds rows is told, or the end is.
  begun.catch(() => undefined);
  const invoices = new List(book, '发票 Invoices', INVOICE_COLUMNS, rowsASheet);
  const drift = new List(book, '差异 Differences', DRIFT_COLUMNS, rowsASheet);
  return {
    async invoices(found) {
      await begun;
      await invoices.add(found.map((row) => invoiceCells(row, 'people')));
    },
    async drift(found) {
      await begun;
      await invoices.beginOnce();
      await drift.add(found.map((row) => driftCells(row, 'people')));
    },
    async end() {
      await begun;
      await invoices.beginOnce();
      await drift.beginOnce();
      await book.end();
      return sink.facts();
    },
  };
}

/** What the report is about, then its sums. */
async function beginWithSums(book: WorkbookStream, head: ReportHead, summary: ReportSummary): Promise<void> {
  const { merchant_name, day, until, by, as_of } = head;
  await book.begin('汇总 Summary', { widths: widthsOf(SUMMARY_COLUMNS) });
  await book.add([
    ['商户 Merchant', merchant_name],
    ['期间 Period', day === until ? day : `${day} – ${until}`],
    ['统计口径 By', DATED_BY[by]],
    ['生成时点 As of', as_of],
    [],
  ]);
  await book.add([headings(SUMMARY_COLUMNS)], 'heading');
  await book.add(summaryCells(summary, 'people'));
  await book.add([[], ['差异 Differences', summary.drift]]);
}

/** A list over as many sheets as it needs. */
class List {
  private sheets = 0;
  private room = 0;

  constructor(
    private readonly book: WorkbookStream,
    private readonly name: string,
    private readonly columns: readonly Column[],
    private readonly rowsASheet: number,
  ) {}

  async add(rows: Cell[][]): Promise<void> {
    for (let rest = rows; rest.length > 0;) {
      if (this.room === 0) await this.nextSheet();
      const fit = rest.slice(0, this.room);
      await this.book.add(fit);
      this.room -= fit.length;
      rest = rest.slice(fit.length);
    }
  }

  /** An empty list has its headings. */
  async beginOnce(): Promise<void> {
    if (this.sheets === 0) await this.nextSheet();
  }

  private async nextSheet(): Promise<void> {
    this.sheets += 1;
    this.room = this.rowsASheet;
    const name = this.sheets === 1 ? this.name : `${this.name} ${this.sheets}`;
    await this.book.begin(name, { widths: widthsOf(this.columns), frozenRows: 1 });
    await this.book.add([headings(this.columns)], 'heading');
  }
}

function headings(columns: readonly Column[]): string[] {
  return columns.map(([, heading]) => heading);
}

function widthsOf(columns: readonly Column[]): number[] {
  return columns.map(([, , width]) => width);
}
