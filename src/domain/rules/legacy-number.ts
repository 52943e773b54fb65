import { Fault } from '../fault';
import { Invoice, isDigital } from '../invoice';
import { describeDigits } from './characters';
import { isDigitalNumber } from './digital-number';
import { broken, Rule } from './rule';

export const LEGACY_NUMBER = {
  shape: {
    code: 'INVOICE-NUMBER-06',
    chapter: 'number',
    severity: 'error',
    certainty: 'certain',
    source: '国家税务总局全国增值税发票查验平台：号码 8 位且不为 00000000',
    title: '税控发票号码为 8 位数字且不全为 0',
    titleEn: 'A legacy number has 8 digits, not all zero',
    preventsErrcodes: [72031, 72041, 72043],
  },
  swapped: {
    code: 'INVOICE-NUMBER-07',
    chapter: 'number',
    severity: 'error',
    certainty: 'certain',
    source: '微信《将电子发票卡券插入用户卡包》：billing_no 为号码，billing_code 为代码',
    title: '号码与代码没有填反',
    titleEn: 'Number and code stand in their own fields',
    preventsErrcodes: [72041, 72042, 72043],
  },
} as const satisfies Record<string, Rule>;

/** 8 digits; leading zeros count. */
export function checkLegacyNumber({ number }: Invoice): Fault[] {
  if (/^[0-9]{8}$/.test(number) && number !== '00000000') return [];
  const [found, foundEn] = number === '00000000' ? ['8 个 0', 'eight zeros'] : describeDigits(number);
  const [hint, hintEn] = hintFor(number);
  return [
    broken(
      LEGACY_NUMBER.shape,
      '/invoice/number',
      `发票号码必须是 8 位数字且不全为 0，这里是${found}。${hint}`,
      `The number must be 8 digits, not all zero; this is ${foundEn}. ${hintEn}`,
    ),
  ];
}

function hintFor(number: string): [zh: string, en: string] {
  if (isDigitalNumber(number)) {
    return [
      '20 位号码是数电票：kind 请用 digital_ordinary 或 digital_special，code 留空；数电纸质发票没有电子原件，不能插卡。',
      'Twenty digits are a 数电 invoice: kind digital_ordinary or digital_special, code empty. One printed on paper cannot be inserted.',
    ];
  }
  return ['请按票面填写，保留开头的 0。', 'Copy it from the invoice and keep leading zeros.'];
}

/** The number in `code` and the code in `number`: WeChat's own documents contradict each other on which is which. */
export function checkSwapped({ number, code, kind }: Invoice): Fault[] {
  if (isDigitalNumber(code) && !isDigitalNumber(number)) {
    return [
      broken(
        LEGACY_NUMBER.swapped,
        '/invoice/number',
        '20 位数电票号码填在了 code 里：请填到 number，code 留空。',
        'The 20-digit 数电 number stands in code: move it to number and leave code empty.',
      ),
    ];
  }
  if (isDigital(kind) || !/^[0-9]{12}$/.test(number) || !/^[0-9]{8}$/.test(code)) return [];
  return [
    broken(
      LEGACY_NUMBER.swapped,
      '/invoice/number',
      '发票号码与发票代码填反了：号码是 8 位，代码是 12 位。请对调 number 与 code。',
      'Number and code are swapped: the number has 8 digits, the code 12. Exchange number and code.',
    ),
  ];
}
