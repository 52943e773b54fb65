import { Fault, fault, warning } from '../fault';
import { Invoice, isBlockchainCode, isDigital, PILOT_CODES } from '../invoice';
import { shanghaiYear } from '../shanghai';

/**
 * 省级税务局区域代码 in digits 3–4 of a 数电 number (公告2024年第11号): the provinces, and 91–95 for the five cities
 * under separate planning (大连 青岛 宁波 厦门 深圳), which do not use their province's code.
 */
const AREA_CODES = new Set(
  (
    '11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 ' + '91 92 93 94 95'
  ).split(' '),
);

/** Number, code and check code: the triple by which WeChat and the tax bureau know an invoice. */
export function checkNumbers(invoice: Invoice, now: number): Fault[] {
  return isDigital(invoice.kind) ? checkDigital(invoice, now) : checkLegacy(invoice);
}

function checkDigital({ number, code, checkCode, issuedAt }: Invoice, now: number): Fault[] {
  const faults: Fault[] = [];
  if (!/^[0-9]{20}$/.test(number)) {
    faults.push(
      fault(
        'INVOICE-NUMBER-01',
        '/invoice/number',
        `数电票的发票号码必须是 20 位数字，这里是 ${described(number)}。请按票面填写。`,
        `The number of a 数电 invoice is 20 digits; this is ${describedEn(number)}. Copy it from the invoice.`,
      ),
    );
  } else {
    faults.push(...checkDigitalYear(number, issuedAt, now), ...checkArea(number));
  }
  if (code !== '') {
    faults.push(
      fault(
        'INVOICE-CODE-01',
        '/invoice/code',
        '数电票没有发票代码，code 必须为空字符串。',
        'A 数电 invoice has no code; send an empty string.',
      ),
    );
  }
  if (checkCode !== '') {
    faults.push(
      fault(
        'INVOICE-CHECK-01',
        '/invoice/check_code',
        '数电票没有校验码，check_code 必须为空字符串。',
        'A 数电 invoice has no check code; send an empty string.',
      ),
    );
  }
  return faults;
}

/** Digits 1–2 are the year of issue in UTC+8 (numbers assigned ahead may not cross the year); the pilot began in 2021. */
function checkDigitalYear(number: string, issuedAt: number, now: number): Fault[] {
  const year = 2000 + Number(number.slice(0, 2));
  const issued = shanghaiYear(issuedAt);
  if (year < 2021 || year > shanghaiYear(now)) {
    return [
      fault(
        'INVOICE-NUMBER-02',
        '/invoice/number',
        `发票号码前两位表示 ${year} 年，数电票只可能在 2021 年至今。请核对号码。`,
        `The first two digits say ${year}; 数电 invoices exist from 2021 until this year. Check the number.`,
      ),
    ];
  }
  if (year === issued) return [];
  return [
    fault(
      'INVOICE-NUMBER-03',
      '/invoice/number',
      `发票号码前两位表示 ${year} 年，开票时间（北京时间）是 ${issued} 年，两者必须一致。请核对号码与开票时间。`,
      `The first two digits say ${year}, the issue time (UTC+8) says ${issued}; they must agree. Check both.`,
    ),
  ];
}

function checkArea(number: string): Fault[] {
  const area = number.slice(2, 4);
  if (AREA_CODES.has(area)) return [];
  if (area === '99') {
    return [
      warning(
        'INVOICE-NUMBER-05',
        '/invoice/number',
        '发票号码第 3–4 位是 99，没有公布过这个税务局代码。请核对。',
        'Digits 3–4 are 99, which no published list of tax bureaus has. Please check.',
      ),
    ];
  }
  return [
    fault(
      'INVOICE-NUMBER-04',
      '/invoice/number',
      `发票号码第 3–4 位 ${area} 不是省级税务局代码。请核对号码。`,
      `Digits 3–4 (${area}) are not the code of a provincial tax bureau. Check the number.`,
    ),
  ];
}

function checkLegacy({ number, code, checkCode, kind }: Invoice): Fault[] {
  if (/^[0-9]{12}$/.test(number) && /^[0-9]{8}$/.test(code)) {
    return [
      fault(
        'INVOICE-NUMBER-07',
        '/invoice/number',
        '发票号码与发票代码填反了：号码是 8 位，代码是 12 位。',
        'Number and code are swapped: the number has 8 digits, the code 12.',
      ),
    ];
  }
  const faults: Fault[] = [];
  if (!/^[0-9]{8}$/.test(number) || number === '00000000') {
    faults.push(
      fault(
        'INVOICE-NUMBER-06',
        '/invoice/number',
        `发票号码必须是 8 位数字且不全为 0，这里是 ${described(number)}。`,
        `The number must be 8 digits, not all zero; this is ${describedEn(number)}.`,
      ),
    );
  }
  faults.push(...checkLegacyCode(code, kind));
  const required = kind === 'vat_ordinary' || kind === 'toll';
  const shape = kind === 'blockchain' ? /^[0-9]{5}$|^[0-9]{20}$/ : /^[0-9]{20}$/;
  if (checkCode === '' ? required : !shape.test(checkCode)) {
    faults.push(
      fault(
        'INVOICE-CHECK-02',
        '/invoice/check_code',
        `校验码必须是 20 位数字（区块链发票 5 位），这里是 ${described(checkCode)}。见票面右上角开票日期下方。`,
        `The check code must be 20 digits (5 on a blockchain invoice); this is ${describedEn(checkCode)}. It is printed top right, below the issue date.`,
      ),
    );
  }
  return faults;
}

/** 12 digits: 0, region 4, year 2, batch 3, kind 2 (公告2015年第84号); 10 digits are paper. */
function checkLegacyCode(code: string, kind: Invoice['kind']): Fault[] {
  if (/^[0-9]{10}$/.test(code)) {
    return [
      fault(
        'INVOICE-CODE-03',
        '/invoice/code',
        '10 位发票代码是纸质发票，纸质发票不能插入微信卡包。',
        'A 10-digit code is a paper invoice; paper invoices cannot be put into the WeChat wallet.',
      ),
    ];
  }
  const shape = kind === 'blockchain' ? isBlockchainCode(code) : /^0[0-9]{11}$/.test(code);
  if (shape || PILOT_CODES.includes(code)) return [];
  return [
    fault(
      'INVOICE-CODE-02',
      '/invoice/code',
      `发票代码与票种 ${kind} 不符：应为 12 位数字，这里是 ${described(code)}。数电票请把 code 留空。`,
      `The code does not fit the kind ${kind}: 12 digits are expected, this is ${describedEn(code)}. For a 数电 invoice leave the code empty.`,
    ),
  ];
}

function described(text: string): string {
  if (text === '') return '空';
  return /^[0-9]+$/.test(text)
    ? `${text.length} 位数字`
    : `${text.length} 个字符，且含非数字字符（全角数字、空格也不行）`;
}

function describedEn(text: string): string {
  if (text === '') return 'empty';
  return /^[0-9]+$/.test(text) ? `${text.length} digits` : `${text.length} characters, not all of them ASCII digits`;
}
