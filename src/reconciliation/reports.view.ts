import { toShanghai } from '../domain/shanghai';
import { periodOf } from './report-period';
import { ReportHead, ReportPage, ReportView } from './reports.api';
import { ReportRow } from './reports.store';

export function headView(report: ReportRow, asOf: Date | null): ReportHead {
  return {
    id: report.id,
    merchant: report.merchant_id,
    merchant_name: report.merchant_name,
    day: report.day,
    until: report.last_day ?? report.day,
    period: periodOf(report),
    by: report.dated_by,
    requested_by: report.requested_by,
    requested_at: toShanghai(report.requested_at),
    as_of: asOf && toShanghai(asOf),
  };
}

export function reportView(report: ReportRow): ReportView {
  const { id, state, error, summary, files } = report;
  const href = (name: string) => `/v1/admin/reports/${id}/files/${name}`;
  return {
    ...headView(report, state === 'done' ? report.as_of : null),
    state,
    error,
    summary,
    files: (files ?? []).map(({ name, bytes, sha256 }) => ({ name, bytes, sha256, href: href(name) })),
  };
}

export function reportPage(rows: ReportRow[], limit: number): ReportPage {
  const page = rows.slice(0, limit);
  const hasMore = rows.length > page.length;
  return { items: page.map(reportView), next_cursor: hasMore ? (page.at(-1)?.id ?? null) : null, has_more: hasMore };
}

/** As `sha256sum -c` reads it. */
export function sha256Sums(report: ReportRow): string {
  return (report.files ?? []).map(({ name, sha256 }) => `${sha256}  ${name}\n`).join('');
}
