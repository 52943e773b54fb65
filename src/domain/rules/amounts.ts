import { Fault, fault } from '../fault';
import { Invoice } from '../invoice';

/** The tax bureau's own check accepts at most 11 integer digits of yuan. */
const LARGEST_FEN = 99_999_999_999_99;

/** 价税合计 = 合计金额 + 合计税额, in 分, without tolerance: true of every genuine face. */
export function checkAmounts({ fee, feeWithoutTax, tax }: Invoice): Fault[] {
  const faults: Fault[] = [];
  for (const [pointer, value] of [
    ['/invoice/fee', fee],
    ['/invoice/fee_without_tax', feeWithoutTax],
    ['/invoice/tax', tax],
  ] as const) {
    if (value < 0) {
      faults.push(
        fault(
          'INVOICE-AMOUNT-02',
          pointer,
          '金额为负：红字发票不插卡。请对原蓝字发票的订单调用冲红（cancellation）。',
          'The amount is negative: a red-letter invoice is not inserted. Cancel the order of the original invoice instead.',
        ),
      );
    } else if (value > LARGEST_FEN) {
      faults.push(
        fault(
          'INVOICE-AMOUNT-03',
          pointer,
          '金额超过 99,999,999,999.99 元。单位是分，请核对。',
          'The amount exceeds 99,999,999,999.99 yuan. Amounts are in 分 (cents); please check.',
        ),
      );
    }
  }
  if (faults.length > 0) return faults;
  if (fee === 0) {
    return [fault('INVOICE-AMOUNT-04', '/invoice/fee', '价税合计不能为 0。', 'The total must not be zero.')];
  }
  if (fee === feeWithoutTax + tax) return [];
  return [
    fault(
      'INVOICE-AMOUNT-01',
      '/invoice/fee',
      `价税合计 ${fee} 分 ≠ 不含税金额 ${feeWithoutTax} 分 + 税额 ${tax} 分，相差 ${fee - feeWithoutTax - tax} 分。`,
      `fee ${fee} ≠ fee_without_tax ${feeWithoutTax} + tax ${tax} (in 分); the difference is ${fee - feeWithoutTax - tax}.`,
    ),
  ];
}
