import { Fault } from '../fault';
import { Invoice, isDigital } from '../invoice';
import { checkCheckCode } from './check-code';
import { checkDigitalNumber, isDigitalNumber } from './digital-number';
import { checkLegacyCode } from './legacy-code';
import { LEGACY_CODE } from './legacy-code.rules';
import { checkLegacyNumber, checkSwapped } from './legacy-number';
import { checkFiscal } from './other-ways';
import { broken } from './rule';

/** Number, code and check code: the triple by which WeChat and the tax bureau know an invoice. */
export function checkNumbers(invoice: Invoice, now: number): Fault[] {
  const fiscal = checkFiscal(invoice);
  if (fiscal.length > 0) return fiscal;
  const swapped = checkSwapped(invoice);
  if (swapped.length > 0) return isDigitalNumber(invoice.code) ? swapped : [...swapped, ...checkCheckCode(invoice)];
  const numbers = isDigital(invoice.kind)
    ? [...checkDigitalNumber(invoice, now), ...checkNoCode(invoice)]
    : [...checkLegacyNumber(invoice), ...checkLegacyCode(invoice)];
  return [...numbers, ...checkCheckCode(invoice)];
}

function checkNoCode({ code }: Invoice): Fault[] {
  if (code === '') return [];
  const [hint, hintEn] = /^[0-9]{10}$|^[0-9]{12}$/.test(code)
    ? [
        '若票面同时印有代码与 20 位号码，它是数电纸质发票，没有电子原件，不能插卡。',
        'If its face bears both a code and 20 digits, it is a 数电 invoice on paper and cannot be inserted.',
      ]
    : ['请删除其中的内容。', 'Remove what it holds.'];
  return [
    broken(
      LEGACY_CODE.digital,
      '/invoice/code',
      `数电票没有发票代码，code 必须为空字符串。${hint}`,
      `A 数电 invoice has no code; send an empty string. ${hintEn}`,
    ),
  ];
}
