import { Fault, fault } from '../fault';
import { Invoice } from '../invoice';

/** Callers' clocks differ: an issue time up to ten minutes ahead is taken. */
const SKEW_SECONDS = 600;
/** 2015-01-01 +08:00: before the first electronic invoices. */
const FIRST_INVOICE = 1_420_041_600;

export function checkTimes({ issuedAt }: Invoice, now: number): Fault[] {
  if (issuedAt > now + SKEW_SECONDS) {
    return [
      fault(
        'INVOICE-TIME-04',
        '/invoice/issued_at',
        '开票时间在将来。请核对时间与时区（北京时间）。',
        'The issue time lies in the future. Check the time and its offset (UTC+8).',
      ),
    ];
  }
  if (issuedAt >= FIRST_INVOICE) return [];
  return [
    fault(
      'INVOICE-TIME-05',
      '/invoice/issued_at',
      '开票时间早于 2015 年，那时还没有电子发票。',
      'The issue time is before 2015, when electronic invoices did not exist.',
    ),
  ];
}
