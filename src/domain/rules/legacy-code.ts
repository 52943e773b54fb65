import { Fault } from '../fault';
import { Invoice, isBlockchainCode, PILOT_CODES } from '../invoice';
import { shanghaiYear } from '../shanghai';
import { describeDigits } from './characters';
import { LEGACY_CODE } from './legacy-code.rules';
import { isProvince } from './regions';
import { broken } from './rule';

/** The kinds that digits 11–12 of a code name (公告2015年第84号 and its successors). */
const KIND_DIGITS: Record<string, Invoice['kind']> = { '11': 'vat_ordinary', '12': 'toll', '13': 'vat_special' };
/** 折叠票 04 05 (公告2017年第44号), 卷票 06 07 (公告2016年第82号). */
const PAPER_DIGITS = ['04', '05', '06', '07'];

/**
 * 12 digits: 0, region 4, year 2, batch 3, kind 2; a 区块链 code: 1, region 4, year 2, industry 0, kind 9, batch, copies, 0.
 * Genuine e-invoices carry city-level regions, so only the province is checked.
 */
export function checkLegacyCode({ code, kind, issuedAt }: Invoice): Fault[] {
  if (PILOT_CODES.includes(code)) return [];
  if (/^[0-9]{10}$/.test(code)) return [tenDigits()];
  const blockchain = kind === 'blockchain';
  if (blockchain ? !isBlockchainCode(code) : !/^0[0-9]{11}$/.test(code)) return [misshapen(code, kind)];
  return [
    ...checkProvince(code),
    ...checkYear(code, shanghaiYear(issuedAt)),
    ...(blockchain ? [] : checkKind(code.slice(10), kind)),
  ];
}

function tenDigits(): Fault {
  return broken(
    LEGACY_CODE.tenDigits,
    '/invoice/code',
    '10 位发票代码是纸质发票，纸质发票没有电子原件，不能插入微信卡包。请向销售方换开数电票。',
    'A 10-digit code is a paper invoice, which has no electronic original for the WeChat wallet. Ask the seller for a 数电 invoice.',
  );
}

function misshapen(code: string, kind: Invoice['kind']): Fault {
  const [found, foundEn] = describeDigits(code);
  const [hint, hintEn] = hintFor(code, kind);
  const [shape, first] = kind === 'blockchain' ? ['12 位区块链代码', '1'] : ['12 位数字', '0'];
  return broken(
    LEGACY_CODE.shape,
    '/invoice/code',
    `发票代码与票种 ${kind} 不符：应为以 ${first} 开头的 ${shape}，这里是${found}。${hint}`,
    `The code does not fit the kind ${kind}: 12 digits that begin with ${first} are expected, this is ${foundEn}. ${hintEn}`,
  );
}

function hintFor(code: string, kind: Invoice['kind']): [zh: string, en: string] {
  if (kind !== 'blockchain' && isBlockchainCode(code)) {
    return ['这是区块链发票代码，kind 请用 blockchain。', 'This is a blockchain code: use kind blockchain.'];
  }
  if (kind === 'blockchain' && /^0[0-9]{11}$/.test(code)) {
    return [
      '这是税控发票代码，kind 请用 vat_ordinary、vat_special 或 toll。',
      'This is the code of a legacy e-invoice: use kind vat_ordinary, vat_special or toll.',
    ];
  }
  if (/^1[0-9]{11}$/.test(code)) {
    return [
      '以 1 开头的也可能是通用机打电子发票，不在支持之列。',
      'One that begins with 1 may be a 通用机打 invoice, which is not supported.',
    ];
  }
  return [
    '数电票没有代码：kind 请用 digital_ordinary 或 digital_special，code 留空。',
    'A 数电 invoice has none: use kind digital_ordinary or digital_special and leave the code empty.',
  ];
}

function checkProvince(code: string): Fault[] {
  const province = code.slice(1, 3);
  if (isProvince(province)) return [];
  return [
    broken(
      LEGACY_CODE.province,
      '/invoice/code',
      `发票代码第 2–3 位 ${province} 不是省级行政区划代码。请按票面核对代码。`,
      `Digits 2–3 of the code (${province}) are not a province. Check it against the invoice.`,
    ),
  ];
}

/** The year of the number block: a genuine invoice of 2020 carries 19, so only later than the issue is wrong. */
function checkYear(code: string, issued: number): Fault[] {
  const year = 2000 + Number(code.slice(5, 7));
  if (year <= issued || Number.isNaN(issued)) return [];
  return [
    broken(
      LEGACY_CODE.year,
      '/invoice/code',
      `发票代码第 6–7 位表示 ${year} 年，晚于开票年份 ${issued} 年（北京时间）。请核对代码与开票时间。`,
      `Digits 6–7 of the code say ${year}, later than the year of issue ${issued} (UTC+8). Check the code and the issue time.`,
    ),
  ];
}

function checkKind(digits: string, kind: Invoice['kind']): Fault[] {
  if (PAPER_DIGITS.includes(digits)) {
    return [
      broken(
        LEGACY_CODE.paper,
        '/invoice/code',
        `发票代码末两位 ${digits} 是纸质发票（折叠票或卷票），不能插入微信卡包。请向销售方换开数电票。`,
        `A code that ends in ${digits} is a paper invoice (folded or roll); it cannot be inserted. Ask the seller for a 数电 invoice.`,
      ),
    ];
  }
  if (digits === '17') {
    return [
      broken(
        LEGACY_CODE.usedCar,
        '/invoice/code',
        '发票代码末两位 17 是纸质二手车销售统一发票，不能插入微信卡包。电子发票（二手车销售统一发票）请用 digital_ordinary 和 20 位号码。',
        'A code that ends in 17 is a paper used-car invoice; it cannot be inserted. For the 数电 one use digital_ordinary and its 20-digit number.',
      ),
    ];
  }
  const named = KIND_DIGITS[digits];
  if (named === undefined) {
    return [
      broken(
        LEGACY_CODE.noKind,
        '/invoice/code',
        `发票代码末两位 ${digits} 不表示任何票种（电子发票为 11、12 或 13）。请按票面核对代码。`,
        `The last two digits of the code, ${digits}, name no kind (electronic invoices have 11, 12 or 13). Check the code against the invoice.`,
      ),
    ];
  }
  if (named === kind) return [];
  return [
    broken(
      LEGACY_CODE.kind,
      '/invoice/code',
      `发票代码末两位 ${digits} 通常表示 ${named}，而 kind 是 ${kind}。请核对票种。`,
      `A code that ends in ${digits} usually is ${named}, but the kind is ${kind}. Check the kind.`,
    ),
  ];
}
