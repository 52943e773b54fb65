import { parseCrontab } from 'graphile-worker';

/** When something recurs: five fields of cron, read in a time zone that has no daylight saving. */
export interface Cron {
  text: string;
  zone: 'UTC' | 'Asia/Shanghai';
  /** The first time after this instant. */
  next(after: Date): Date;
  /** The latest time not after this instant; null: none within four years. */
  latest(until: Date): Date | null;
}

const MINUTE_MS = 60_000;
const SHANGHAI_MS = 8 * 3600 * 1000;
/** Long enough for 29 February. */
const HORIZON_MINUTES = 4 * 366 * 24 * 60;

/** Throws a sentence where `text` is no cron expression, or names a day that never comes. */
export function parseCron(text: string, zone: Cron['zone'] = 'UTC'): Cron {
  if (!/^[\d*,/-]+( +[\d*,/-]+){4}$/.test(text)) throw new Error('must be five fields of cron, such as 10 3 * * *');
  const item = parseCrontab(`${text.replace(/ +/g, ' ')} job`)[0];
  const shift = zone === 'UTC' ? 0 : SHANGHAI_MS;
  const matches = (minute: number) => {
    // The zone's wall clock, read with the getters of UTC.
    const at = new Date(minute * MINUTE_MS + shift);
    const [date, month, dow] = [at.getUTCDate(), at.getUTCMonth() + 1, at.getUTCDay()];
    return item?.match({ min: at.getUTCMinutes(), hour: at.getUTCHours(), date, month, dow });
  };
  const search = (from: number, direction: 1 | -1): Date | null => {
    for (let n = 0; n < HORIZON_MINUTES; n += 1) {
      const minute = from + n * direction;
      if (matches(minute)) return new Date(minute * MINUTE_MS);
    }
    return null;
  };
  const minuteOf = (at: Date) => Math.floor(at.getTime() / MINUTE_MS);
  if (!search(minuteOf(new Date(0)), 1)) throw new Error('names a day that never comes');
  return {
    text,
    zone,
    next: (after) => search(minuteOf(after) + 1, 1) as Date,
    latest: (until) => search(minuteOf(until), -1),
  };
}
