/** Days, quotas and number years are Asia/Shanghai, which has been UTC+8 without daylight saving since 1991. */
const OFFSET_SECONDS = 8 * 3600;

/** The calendar year in UTC+8 of an instant given in Unix seconds. */
export function shanghaiYear(seconds: number): number {
  return new Date((seconds + OFFSET_SECONDS) * 1000).getUTCFullYear();
}

/** Seconds from an instant until the next midnight in UTC+8. */
export function secondsUntilShanghaiMidnight(now: Date): number {
  const intoDay = (now.getTime() / 1000 + OFFSET_SECONDS) % 86_400;
  return 86_400 - intoDay;
}

/** The years that RFC 3339 can write: 0000 to 9999. */
const FIRST = -62_167_219_200_000;
const LAST = 253_402_300_799_000;

/** RFC 3339 with +08:00, to the second, or to the millisecond where it has any; beyond its years the nearest it has. */
export function toShanghai(at: Date): string {
  const shifted = Math.min(Math.max(at.getTime() + OFFSET_SECONDS * 1000, FIRST), LAST);
  const local = new Date(shifted).toISOString();
  return `${local.replace(/\.000Z$|Z$/, '')}+08:00`;
}

/** The day in UTC+8 of an instant given in Unix seconds, `yyyy-MM-dd`. */
export function shanghaiDay(seconds: number): string {
  return new Date((seconds + OFFSET_SECONDS) * 1000).toISOString().slice(0, 10);
}
