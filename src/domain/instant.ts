/** Every year has four digits, in UTC and in +08:00: what PostgreSQL keeps beyond that nobody can be shown in RFC 3339. */
const FIRST = Date.UTC(1900, 0, 1);
const LAST = Date.UTC(9999, 11, 31, 16) - 1;

const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;
const TIME = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?(?:[Zz]|[+-](\d\d)(?::?(\d\d))?)$/;

/** RFC 3339 with offset; null where it is none, or no time that there is. */
export function readInstant(text: string): Date | null {
  const parts = TIME.exec(text);
  if (!parts || !isTime(parts)) return null;
  return within(new Date(text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00')));
}

/** The same, or a date: 00:00 +08:00. */
export function readInstantOrDate(text: string): Date | null {
  const date = DATE.exec(text);
  if (!date) return readInstant(text);
  return isTime(date) ? within(new Date(`${text}T00:00:00+08:00`)) : null;
}

/** 2026-02-30 would roll over into March, 24:00 into the next day; an offset goes as far as offsets on earth. */
function isTime(parts: RegExpExecArray): boolean {
  const [, year, month, day, hour = 0, minute = 0, second = 0, ahead = 0, aheadMinutes = 0] = parts.map((part) =>
    part === undefined ? undefined : Number(part),
  ) as [undefined, number, number, number, ...(number | undefined)[]];
  const date = new Date(Date.UTC(year, month - 1, day));
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return false;
  return hour < 24 && minute < 60 && second < 60 && ahead <= 14 && aheadMinutes < 60;
}

function within(time: Date): Date | null {
  return time.getTime() >= FIRST && time.getTime() <= LAST ? time : null;
}
