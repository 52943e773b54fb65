import { Fault } from '../fault';
import { Invoice } from '../invoice';
import { shanghaiYear } from '../shanghai';
import { describeDigits } from './characters';
import { isTaxBureau } from './regions';
import { broken, Rule } from './rule';
import { SKEW_SECONDS } from './times';

const SOURCE = '国家税务总局公告2024年第11号';

/** 数电票 20 digits: year 2, tax bureau 2, channel 1 (no list is published: never judged), sequence 15; no check digit. */
export const DIGITAL_NUMBER = {
  shape: {
    code: 'INVOICE-NUMBER-01',
    chapter: 'number',
    severity: 'error',
    certainty: 'certain',
    source: SOURCE,
    title: '数电票号码为 20 位数字',
    titleEn: 'A 数电 number has 20 digits',
    preventsErrcodes: [72031, 72041, 72043],
  },
  year: {
    code: 'INVOICE-NUMBER-02',
    chapter: 'number',
    severity: 'error',
    certainty: 'certain',
    source: `${SOURCE}；2021年12月1日起试点`,
    title: '数电票号码前两位是 2021 年至今的年份',
    titleEn: 'A 数电 number begins with a year from 2021 until now',
    preventsErrcodes: [72041, 72047, 72082, 72093],
  },
  issueYear: {
    code: 'INVOICE-NUMBER-03',
    chapter: 'number',
    severity: 'error',
    certainty: 'certain',
    source: `${SOURCE}；乐企 CN-VL3-007~009（预赋号码跨年禁用）`,
    title: '数电票号码前两位等于开票年份（北京时间）',
    titleEn: 'A 数电 number begins with the year of issue, UTC+8',
    preventsErrcodes: [72041, 72047, 72082, 72093],
  },
  area: {
    code: 'INVOICE-NUMBER-04',
    chapter: 'number',
    severity: 'error',
    certainty: 'certain',
    source: `${SOURCE}：省级税务局区域代码，五个计划单列市 91–95`,
    title: '数电票号码第 3–4 位是省级税务局代码',
    titleEn: 'Digits 3–4 of a 数电 number are a provincial tax bureau',
    preventsErrcodes: [72041, 72047, 72082, 72093],
  },
  area99: {
    code: 'INVOICE-NUMBER-05',
    chapter: 'number',
    severity: 'warning',
    certainty: 'unknown',
    source: '微信开放社区 2025-02：区域代码 99 的号码得到 72082，含义未公布',
    title: '数电票号码第 3–4 位为 99，未见公布',
    titleEn: 'Digits 3–4 of a 数电 number are 99, which nobody has published',
    preventsErrcodes: [72082],
  },
} as const satisfies Record<string, Rule>;

export function isDigitalNumber(text: string): boolean {
  return /^[0-9]{20}$/.test(text);
}

export function checkDigitalNumber({ number, issuedAt }: Invoice, now: number): Fault[] {
  if (!isDigitalNumber(number)) return [misshapen(number)];
  // A clock ahead of ours may be in the new year already.
  const latest = shanghaiYear(now + SKEW_SECONDS);
  return [...checkYear(number, shanghaiYear(issuedAt), latest), ...checkArea(number)];
}

function misshapen(number: string): Fault {
  const [found, foundEn] = describeDigits(number);
  const [hint, hintEn] = hintFor(number);
  return broken(
    DIGITAL_NUMBER.shape,
    '/invoice/number',
    `数电票的发票号码必须是 20 位数字，这里是${found}。${hint}`,
    `The number of a 数电 invoice is 20 digits; this is ${foundEn}. ${hintEn}`,
  );
}

function hintFor(number: string): [zh: string, en: string] {
  if (number === '') {
    return [
      '请按票面填写；行程单、水单没有发票号码，不能单独插卡，请作为所属发票订单的 trip_pdf 提交。',
      'Copy it from the invoice. A trip sheet or bill has none and gets no card: send it as trip_pdf with its invoice.',
    ];
  }
  if (/^[0-9]{8}$/.test(number)) {
    return [
      '8 位号码属于税控电子发票，请同时填写 12 位发票代码 code。',
      'Eight digits belong to a legacy e-invoice: give its 12-digit code too.',
    ];
  }
  return ['请用字符串按票面填写，不要用 JSON 数字。', 'Copy it from the invoice, as a string, not as a JSON number.'];
}

/** Digits 1–2 are the year of issue in UTC+8: numbers assigned ahead may not cross the year. */
function checkYear(number: string, issued: number, latest: number): Fault[] {
  const year = 2000 + Number(number.slice(0, 2));
  if (year < 2021 || year > latest) {
    return [
      broken(
        DIGITAL_NUMBER.year,
        '/invoice/number',
        `发票号码前两位表示 ${year} 年，数电票只可能在 2021 年至今。请核对号码。`,
        `The first two digits say ${year}; 数电 invoices exist from 2021 until this year. Check the number.`,
      ),
    ];
  }
  if (year === issued || Number.isNaN(issued)) return [];
  return [
    broken(
      DIGITAL_NUMBER.issueYear,
      '/invoice/number',
      `发票号码前两位表示 ${year} 年，开票时间（北京时间）是 ${issued} 年，两者必须一致。请核对号码与开票时间。`,
      `The first two digits say ${year}, the issue time (UTC+8) says ${issued}; they must agree. Check both.`,
    ),
  ];
}

function checkArea(number: string): Fault[] {
  const area = number.slice(2, 4);
  if (isTaxBureau(area)) return [];
  if (area === '99') {
    return [
      broken(
        DIGITAL_NUMBER.area99,
        '/invoice/number',
        '发票号码第 3–4 位是 99，没有公布过这个税务局代码。请核对。',
        'Digits 3–4 are 99, which no published list of tax bureaus has. Please check.',
      ),
    ];
  }
  return [
    broken(
      DIGITAL_NUMBER.area,
      '/invoice/number',
      `发票号码第 3–4 位 ${area} 不是省级税务局代码（计划单列市为 91–95）。请核对号码。`,
      `Digits 3–4 (${area}) are not the code of a provincial tax bureau (91–95 for the five cities). Check the number.`,
    ),
  ];
}
