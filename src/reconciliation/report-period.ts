import { ReportDating } from '../data/entities/report';

export const PERIODS = ['day', 'week', 'month'] as const;
export type Period = (typeof PERIODS)[number];

const DAY_MS = 24 * 3600 * 1000;
/** A clock that is a little ahead may date an invoice after its order. */
const AHEAD_MS = DAY_MS;

/** The days (Asia/Shanghai) of the week from Monday, or of the month, that a day is in; both ends are in it. */
export function daysOf(day: string, period: Period): { first: string; last: string } {
  if (period === 'day') return { first: day, last: day };
  const at = new Date(`${day}T00:00:00Z`);
  const [year, month] = [at.getUTCFullYear(), at.getUTCMonth()];
  if (period === 'month') return { first: `${day.slice(0, 8)}01`, last: plain(new Date(Date.UTC(year, month + 1, 0))) };
  const monday = new Date(at.getTime() - ((at.getUTCDay() + 6) % 7) * DAY_MS);
  return { first: plain(monday), last: plain(new Date(monday.getTime() + 6 * DAY_MS)) };
}

export function periodOf({ day, last_day: last }: { day: string; last_day: string | null }): Period {
  return PERIODS.find((period) => daysOf(day, period).last === (last ?? day)) ?? 'month';
}

/** As file names call it: `2026-11-24`, `2026-11-23_2026-11-29`. */
export function labelOf({ day, last_day: last }: { day: string; last_day: string | null }): string {
  return last === null ? day : `${day}_${last}`;
}

/** Which orders a report counts: those accepted in so many instants, whose invoice is dated in so many seconds. */
export interface Scope {
  acceptedFrom: Date;
  acceptedTo: Date | 'infinity';
  /** Unix seconds; null: whenever. */
  issuedFrom: number | null;
  issuedTo: number | null;
}

export function scopeOf(report: { day: string; last_day: string | null; dated_by: ReportDating }): Scope {
  const from = new Date(`${report.day}T00:00:00+08:00`);
  const to = new Date(new Date(`${report.last_day ?? report.day}T00:00:00+08:00`).getTime() + DAY_MS);
  if (report.dated_by === 'accepted') return { acceptedFrom: from, acceptedTo: to, issuedFrom: null, issuedTo: null };
  const [issuedFrom, issuedTo] = [from.getTime() / 1000, to.getTime() / 1000];
  return { acceptedFrom: new Date(from.getTime() - AHEAD_MS), acceptedTo: 'infinity', issuedFrom, issuedTo };
}

function plain(at: Date): string {
  return at.toISOString().slice(0, 10);
}
