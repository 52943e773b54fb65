import { parseCrontab } from 'graphile-worker';

/** When something recurs: five fields of cron, read in a time zone that has no daylight saving. */
export interface Cron {
  readonly text: string;
  readonly zone: 'UTC' | 'Asia/Shanghai';
}

const MINUTE_MS = 60_000;
const SHANGHAI_MS = 8 * 3600 * 1000;
/** Long enough for 29 February. */
const HORIZON_MINUTES = 4 * 366 * 24 * 60;

/** Throws a sentence where `text` is no cron expression, or names a day that never comes. */
export function parseCron(text: string, zone: Cron['zone'] = 'UTC'): Cron {
  if (!/^[\d*,/-]+( +[\d*,/-]+){4}$/.test(text)) throw new Error('must be five fields of cron, such as 10 3 * * *');
  const cron = { text: text.replace(/ +/g, ' '), zone };
  if (!search(cron, 0, 1)) throw new Error('names a day that never comes');
  return cron;
}

/** The first time after this instant. */
export function nextTime(cron: Cron, after: Date): Date {
  return search(cron, minuteOf(after) + 1, 1) as Date;
}

/** The latest time not after this instant. */
export function latestTime(cron: Cron, until: Date): Date {
  return search(cron, minuteOf(until), -1) as Date;
}

function search({ text, zone }: Cron, from: number, direction: 1 | -1): Date | null {
  const item = parseCrontab(`${text} job`)[0];
  const shift = zone === 'UTC' ? 0 : SHANGHAI_MS;
  for (let n = 0; n < HORIZON_MINUTES; n += 1) {
    const instant = (from + n * direction) * MINUTE_MS;
    // The zone's wall clock, read with the getters of UTC.
    const at = new Date(instant + shift);
    const [date, month, dow] = [at.getUTCDate(), at.getUTCMonth() + 1, at.getUTCDay()];
    if (item?.match({ min: at.getUTCMinutes(), hour: at.getUTCHours(), date, month, dow })) return new Date(instant);
  }
  return null;
}

function minuteOf(at: Date): number {
  return Math.floor(at.getTime() / MINUTE_MS);
}
