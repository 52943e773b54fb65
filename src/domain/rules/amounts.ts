import { Fault } from '../fault';
import { Invoice } from '../invoice';
import { totalsInYuan } from '../yuan-for-fen';
import { AMOUNTS } from './amounts.rules';
import { broken } from './rule';
import { checkRate } from './tax-rates';

/** The tax bureau's own check accepts at most 11 integer digits of yuan. */
const LARGEST_FEN = 99_999_999_999_99;
const LARGEST_INT32 = 2_147_483_647;

/** 价税合计 = 合计金额 + 合计税额, in 分, without tolerance: true of every genuine face. */
export function checkAmounts(invoice: Invoice): Fault[] {
  const { fee, feeWithoutTax, tax } = invoice;
  const faults = [
    ...checkAmount(fee, '/invoice/fee'),
    ...checkAmount(feeWithoutTax, '/invoice/fee_without_tax'),
    ...checkAmount(tax, '/invoice/tax'),
  ];
  if (fee === 0) faults.push(zero());
  if (![fee, feeWithoutTax, tax].every(Number.isSafeInteger)) return faults;
  if (fee !== feeWithoutTax + tax) faults.push(unequal(invoice));
  return faults.some(({ severity }) => severity === 'error') ? faults : [...faults, ...checkRate(invoice)];
}

function checkAmount(value: number, pointer: string): Fault[] {
  if (value < 0) {
    return [
      broken(
        AMOUNTS.negative,
        pointer,
        '金额为负：红字发票不插卡。请对原蓝字发票的订单调用冲红（cancellation）。',
        'The amount is negative: a red-letter invoice is not inserted. Cancel the order of the original invoice instead.',
      ),
    ];
  }
  if (value > LARGEST_FEN) {
    return [
      broken(
        AMOUNTS.bound,
        pointer,
        '金额超过 99,999,999,999.99 元。单位是分，请核对。',
        'The amount exceeds 99,999,999,999.99 yuan. Amounts are in 分 (cents); please check.',
      ),
    ];
  }
  if (!Number.isSafeInteger(value)) {
    return [
      broken(
        AMOUNTS.whole,
        pointer,
        '金额必须是整数，单位是分（10.60 元写 1060）。请换算后重发。',
        'The amount must be a whole number of 分 (10.60 yuan is 1060). Convert it.',
      ),
    ];
  }
  if (value <= LARGEST_INT32) return [];
  return [
    broken(
      AMOUNTS.int32,
      pointer,
      '金额超过 21,474,836.47 元（32 位整数），微信的上限未公布。请核对单位是否为分。',
      'The amount exceeds 21,474,836.47 yuan (32 bits); WeChat does not publish its bound. Check that the unit is 分.',
    ),
  ];
}

function zero(): Fault {
  return broken(
    AMOUNTS.zero,
    '/invoice/fee',
    '价税合计不能为 0。请按票面填写，单位是分。',
    'The total must not be zero. Copy it from the invoice, in 分.',
  );
}

function unequal(invoice: Invoice): Fault {
  const { fee, feeWithoutTax, tax } = invoice;
  const difference = fee - feeWithoutTax - tax;
  const inYuan = totalsInYuan(invoice).join(', ');
  const [hint, hintEn] = inYuan
    ? [`${inYuan} 看起来是元：请换算成分（乘以 100）。`, `${inYuan} looks like yuan: multiply it by 100.`]
    : ['请按票面核对。', 'Check them against the invoice.'];
  return broken(
    AMOUNTS.identity,
    '/invoice/fee',
    `价税合计 ${fee} 分 ≠ 不含税金额 ${feeWithoutTax} 分 + 税额 ${tax} 分，相差 ${difference} 分。${hint}`,
    `fee ${fee} ≠ fee_without_tax ${feeWithoutTax} + tax ${tax} (in 分); the difference is ${difference}. ${hintEn}`,
  );
}
