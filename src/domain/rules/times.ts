import { Fault } from '../fault';
import { Invoice } from '../invoice';
import { broken, Rule } from './rule';

const WECHAT = '微信《将电子发票卡券插入用户卡包》：billing_time 为 10 位时间戳 (utc+8)';

/** The first three speak about what the caller wrote; `issued-at.ts` finds them while it reads the time. */
export const TIMES = {
  readable: {
    code: 'INVOICE-TIME-01',
    chapter: 'time',
    severity: 'error',
    certainty: 'certain',
    source: `${WECHAT}；RFC 3339`,
    title: '开票时间可以识别',
    titleEn: 'The issue time can be read',
    preventsErrcodes: [72031],
  },
  zoned: {
    code: 'INVOICE-TIME-02',
    chapter: 'time',
    severity: 'error',
    certainty: 'certain',
    source: `${WECHAT}；RFC 3339`,
    title: '开票时间带时区',
    titleEn: 'The issue time has an offset',
    preventsErrcodes: [72031],
  },
  seconds: {
    code: 'INVOICE-TIME-03',
    chapter: 'time',
    severity: 'error',
    certainty: 'certain',
    source: WECHAT,
    title: '开票时间以秒计，不是毫秒',
    titleEn: 'The issue time counts seconds, not milliseconds',
    preventsErrcodes: [72031],
  },
  future: {
    code: 'INVOICE-TIME-04',
    chapter: 'time',
    severity: 'error',
    certainty: 'certain',
    source: '发票不能在将来开具；时钟误差容许 10 分钟',
    title: '开票时间不在将来',
    titleEn: 'The issue time is not in the future',
    preventsErrcodes: [72031, 72093],
  },
  past: {
    code: 'INVOICE-TIME-05',
    chapter: 'time',
    severity: 'error',
    certainty: 'likely',
    source: '国家税务总局公告2015年第84号：电子发票始于 2015 年',
    title: '开票时间不早于 2015 年',
    titleEn: 'The issue time is not before 2015',
    preventsErrcodes: [72031, 72093],
  },
} as const satisfies Record<string, Rule>;

/** Callers' clocks differ: an issue time up to ten minutes ahead is taken. */
export const SKEW_SECONDS = 600;
/** 2015-01-01 +08:00: before the first electronic invoices. */
const FIRST_INVOICE = 1_420_041_600;

export function checkTimes({ issuedAt }: Invoice, now: number): Fault[] {
  if (issuedAt > now + SKEW_SECONDS) {
    return [
      broken(
        TIMES.future,
        '/invoice/issued_at',
        '开票时间在将来（超过现在 10 分钟）。请核对时间与时区（北京时间）。',
        'The issue time lies more than ten minutes in the future. Check the time and its offset (UTC+8).',
      ),
    ];
  }
  if (!(issuedAt < FIRST_INVOICE)) return [];
  return [
    broken(
      TIMES.past,
      '/invoice/issued_at',
      '开票时间早于 2015 年，那时还没有电子发票。请按票面填写开票日期。',
      'The issue time is before 2015, when electronic invoices did not exist. Copy the date of issue from the invoice.',
    ),
  ];
}
