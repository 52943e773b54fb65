import { Fault } from '../fault';
import { Invoice } from '../invoice';
import { AMOUNTS } from './amounts.rules';
import { broken } from './rule';

/** Each line's tax is rounded by itself: 0.06 yuan a line and 1.27 yuan an invoice are what issuing software lets pass. */
const LINE_TOLERANCE = 6;
const INVOICE_TOLERANCE = 127;

/** 税率 and 征收率 in percent, newest first, each list from its first second (00:00 +08:00) on. */
const RATES: [from: number, percents: readonly number[]][] = [
  [1_554_048_000, [13, 9, 6, 5, 3, 1.5, 1, 0]], // 2019-04-01: 16 → 13, 10 → 9
  [1_525_104_000, [16, 10, 6, 5, 3, 1.5, 0]], // 2018-05-01: 17 → 16, 11 → 10
  [1_498_838_400, [17, 11, 6, 5, 3, 1.5, 0]], // 2017-07-01: 13 → 11
  [-Infinity, [17, 13, 11, 6, 5, 3, 1.5, 0]],
];

/** Rates in percent of an instant in Unix seconds. */
export function ratesAt(issuedAt: number): readonly number[] {
  return RATES.find(([from]) => issuedAt >= from)?.[1] ?? RATES[0]![1];
}

/**
 * Whether tax fits net: tax = rate × net is no identity (差额征税, rounding of lines, several rates, levies on air
 * tickets), so this only warns. One line has one rate; of several lines it is only known that none exceeds the highest.
 */
export function checkRate(invoice: Invoice): Fault[] {
  const { feeWithoutTax: net, tax, items, issuedAt } = invoice;
  if (tax === 0 || isDifferential(invoice) || hasLevies(invoice)) return [];
  const rates = ratesAt(issuedAt);
  const highest = Math.max(...rates);
  const tolerance = items.length === 0 ? INVOICE_TOLERANCE : Math.min(LINE_TOLERANCE * items.length, INVOICE_TOLERANCE);
  const fits =
    items.length === 1
      ? rates.some((percent) => Math.abs((net * percent) / 100 - tax) <= tolerance)
      : tax <= (net * highest) / 100 + tolerance;
  if (fits) return [];
  const implied = net === 0 ? '∞' : `${Math.round((tax / net) * 10_000) / 100}%`;
  return [
    broken(
      AMOUNTS.rate,
      '/invoice/tax',
      `税额相当于不含税金额的 ${implied}，不在开票当日的税率之列（${rates.join('、')}%）。请核对；差额征税请在备注开头写“差额征税”。`,
      `The tax is ${implied} of the net amount, no rate of the day of issue (${rates.join(', ')}%). Please check; under 差额征税 the remarks begin with these words.`,
    ),
  ];
}

/** 差额征税: the remarks must begin "差额征税：金额。"; tax is computed on gross less deduction. */
function isDifferential({ remarks = '' }: Invoice): boolean {
  return /^\s*差额(?:征税|开票)/.test(remarks);
}

/** 民航发展基金 stands among the net amount of an air ticket without bearing tax. */
function hasLevies({ items }: Invoice): boolean {
  return items.some(({ name }) => /民航|航空|客票|机票/.test(name));
}
