import { Fault, fault } from './fault';
import { readWrittenTime, WrittenTime } from './written-time';

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const TEN_DIGITS = /^\d{10}$/;
/** As .NET and its imitators write an instant in JSON: milliseconds of Unix time, and an offset for show. */
const DOT_NET = /^\/Date\((-?\d{1,16})(?:[+-]\d{4})?\)\/$/;
const LONGEST = 100;
const SHANGHAI = 8 * 60;

/**
 * 开票时间 as Unix seconds. Taken: any time with an offset that ISO 8601, RFC 2822 or a usual language writes, a date
 * (00:00 +08:00, because a 数电票 prints only a day), or ten-digit seconds as number or digit string. A local time without
 * offset is refused: it would be a guess.
 */
export function parseIssuedAt(value: string | number): number | Fault {
  if (typeof value === 'number') return tenDigits(String(value));
  const text = value.trim();
  if (/^\d+$/.test(text) && text.length !== 14) return tenDigits(text);
  const date = DATE.exec(text);
  if (date) {
    const [year, month, day] = date.slice(1).map(Number) as [number, number, number];
    return secondsOf({ year, month, day, hour: 0, minute: 0, second: 0, offset: SHANGHAI });
  }
  const dotNet = DOT_NET.exec(text);
  if (dotNet) return inRange(Math.floor(Number(dotNet[1]) / 1000));
  if (/^\d{1,2}[/.]\d{1,2}[/.]\d{4}\b/.test(text)) return dayOrMonth();
  const written = text.length <= LONGEST ? readWrittenTime(text) : null;
  return written ? secondsOf(written) : malformed();
}

const UNITS: Record<number, [zh: string, en: string, divisor: string]> = {
  13: ['毫秒', 'milliseconds', '1000'],
  16: ['微秒', 'microseconds', '1000000'],
  19: ['纳秒', 'nanoseconds', '1000000000'],
};

function tenDigits(text: string): number | Fault {
  if (TEN_DIGITS.test(text)) return Number(text);
  const unit = /^\d+$/.test(text) ? UNITS[text.length] : undefined;
  if (!unit) return malformed();
  const [zh, en, divisor] = unit;
  return fault(
    'INVOICE-TIME-03',
    '/invoice/issued_at',
    `开票时间是${zh}。微信要 10 位秒级时间戳，请除以 ${divisor}。`,
    `The issue time is in ${en}. WeChat takes ten-digit seconds: divide by ${divisor}.`,
  );
}

function secondsOf({ year, month, day, hour, minute, second, offset }: WrittenTime): number | Fault {
  const utc = Date.UTC(year, month - 1, day, hour, minute, second);
  const back = new Date(Date.UTC(year, month - 1, day));
  // Date.UTC rolls 2026-02-30 over into March; a date that does not exist is a mistake to name.
  const exists = back.getUTCMonth() === month - 1 && back.getUTCDate() === day;
  // ISO 8601 writes the end of a day as 24:00.
  const onClock = (hour < 24 || (hour === 24 && minute + second === 0)) && minute < 60 && second < 60;
  // No place on earth is further than this from UTC.
  if (!exists || !onClock || Math.abs(offset ?? 0) > 14 * 60) return malformed();
  return offset === null ? withoutOffset() : inRange(utc / 1000 - offset * 60);
}

function inRange(seconds: number): number | Fault {
  return TEN_DIGITS.test(String(seconds)) ? seconds : malformed();
}

function withoutOffset(): Fault {
  return fault(
    'INVOICE-TIME-02',
    '/invoice/issued_at',
    '开票时间没有时区（CST 等缩写有多种含义，不算时区）。请写成 2026-11-20T10:00:00+08:00，或只写日期 2026-11-20。',
    'The issue time has no offset (abbreviations such as CST have several meanings). Write 2026-11-20T10:00:00+08:00, or the date alone: 2026-11-20.',
  );
}

/** 05/11/2026 is another day in London than in New York. */
function dayOrMonth(): Fault {
  return fault(
    'INVOICE-TIME-01',
    '/invoice/issued_at',
    '开票时间以年结尾，无法分辨月与日。请写成 2026-11-20T10:00:00+08:00，或只写日期 2026-11-20。',
    'The issue time ends in its year, so its day and month cannot be told apart. Write 2026-11-20T10:00:00+08:00, or the date alone: 2026-11-20.',
  );
}

function malformed(): Fault {
  return fault(
    'INVOICE-TIME-01',
    '/invoice/issued_at',
    '开票时间无法识别。请用带时区的时间（2026-11-20T10:00:00+08:00）、日期（2026-11-20）或 10 位秒级时间戳。',
    'The issue time cannot be read. Use a time with offset (2026-11-20T10:00:00+08:00), a date (2026-11-20), or ten-digit Unix seconds.',
  );
}
