import { Fault, fault } from './fault';

const RFC3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.\d{1,9})?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const TEN_DIGITS = /^\d{10}$/;

/**
 * 开票时间 as Unix seconds. Taken: RFC 3339 with offset, a date (00:00 +08:00, because a 数电票 prints only a day), or
 * ten-digit seconds as number or digit string. A local time without offset is refused: it would be a guess.
 */
export function parseIssuedAt(value: string | number): number | Fault {
  if (typeof value === 'number') return tenDigits(String(value));
  if (/^\d+$/.test(value)) return tenDigits(value);
  const date = DATE.exec(value);
  if (date) return fromParts(date, '00', '00', '00', 8 * 60);
  const full = RFC3339.exec(value);
  if (full) {
    const [, , , , hour = '', minute = '', second = '', sign, offsetHour, offsetMinute] = full;
    const offset = sign ? (sign === '-' ? -1 : 1) * (Number(offsetHour) * 60 + Number(offsetMinute)) : 0;
    if (Math.abs(offset) > 14 * 60) return malformed();
    return fromParts(full, hour, minute, second, offset);
  }
  if (/^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}/.test(value)) {
    return fault(
      'INVOICE-TIME-02',
      '/invoice/issued_at',
      '开票时间没有时区。请写成 2026-11-20T10:00:00+08:00，或只写日期 2026-11-20。',
      'The issue time has no offset. Write 2026-11-20T10:00:00+08:00, or the date alone: 2026-11-20.',
    );
  }
  return malformed();
}

function tenDigits(text: string): number | Fault {
  if (TEN_DIGITS.test(text)) return Number(text);
  if (/^\d{13}$/.test(text)) {
    return fault(
      'INVOICE-TIME-03',
      '/invoice/issued_at',
      '开票时间是毫秒。微信要 10 位秒级时间戳，请除以 1000。',
      'The issue time is in milliseconds. WeChat takes ten-digit seconds: divide by 1000.',
    );
  }
  return malformed();
}

function fromParts(parts: RegExpExecArray, hour: string, minute: string, second: string, offset: number) {
  const [, year, month, day] = parts.map(Number) as [number, number, number, number];
  const [h, m, s] = [Number(hour), Number(minute), Number(second)];
  const utc = Date.UTC(year, month - 1, day, h, m, s);
  const back = new Date(utc);
  // Date.UTC rolls 2026-02-30 over into March; a date that does not exist is a mistake to name.
  const exists = back.getUTCMonth() === month - 1 && back.getUTCDate() === day && h < 24 && m < 60 && s < 60;
  if (!exists) return malformed();
  const seconds = utc / 1000 - offset * 60;
  return TEN_DIGITS.test(String(seconds)) ? seconds : malformed();
}

function malformed(): Fault {
  return fault(
    'INVOICE-TIME-01',
    '/invoice/issued_at',
    '开票时间无法识别。请用带时区的时间（2026-11-20T10:00:00+08:00）、日期（2026-11-20）或 10 位秒级时间戳。',
    'The issue time cannot be read. Use RFC 3339 with offset (2026-11-20T10:00:00+08:00), a date (2026-11-20), or ten-digit Unix seconds.',
  );
}
