import { Fault } from '../fault';
import { Invoice, isDigital } from '../invoice';
import { describeDigits } from './characters';
import { broken, Rule } from './rule';

export const CHECK_CODE = {
  digital: {
    code: 'INVOICE-CHECK-01',
    chapter: 'check_code',
    severity: 'error',
    certainty: 'certain',
    source: '微信《将电子发票卡券插入用户卡包》：数电发票校验码为空；数电票票面无校验码',
    title: '数电票校验码为空',
    titleEn: 'A 数电 invoice has no check code',
    preventsErrcodes: [-1, 72031, 72082],
  },
  shape: {
    code: 'INVOICE-CHECK-02',
    chapter: 'check_code',
    severity: 'error',
    certainty: 'certain',
    source: '国家税务总局公告2015年第84号票样；微信 72045；查验平台录入要求',
    title: '校验码为 20 位数字（区块链 5 或 20 位），电子普票与通行费必填',
    titleEn: 'The check code has 20 digits (blockchain 5 or 20); ordinary and toll invoices must have it',
    preventsErrcodes: [72045, 72031],
  },
  absent: {
    code: 'INVOICE-CHECK-03',
    chapter: 'check_code',
    severity: 'warning',
    certainty: 'likely',
    source: '微信 72045 check_code is empty；电子专票与区块链发票票面印有校验码',
    title: '电子专票、区块链发票宜填校验码',
    titleEn: 'A special or blockchain e-invoice had better give its check code',
    preventsErrcodes: [72045],
  },
} as const satisfies Record<string, Rule>;

/** 校验码 is printed in groups; its blanks were taken out before. No check digit is publicly known. */
export function checkCheckCode({ checkCode, kind }: Invoice): Fault[] {
  if (isDigital(kind)) return checkCode === '' ? [] : [notOnDigital()];
  if (checkCode === '' && (kind === 'vat_special' || kind === 'blockchain')) return [missing()];
  const shape = kind === 'blockchain' ? /^(?:[0-9]{5}|[0-9]{20})$/ : /^[0-9]{20}$/;
  if (shape.test(checkCode)) return [];
  const [found, foundEn] = describeDigits(checkCode);
  return [
    broken(
      CHECK_CODE.shape,
      '/invoice/check_code',
      `校验码必须是 20 位数字（区块链发票 5 位），这里是${found}。请按票面右上角开票日期下方填写。`,
      `The check code must be 20 digits (5 on a blockchain invoice); this is ${foundEn}. It is printed top right, below the issue date.`,
    ),
  ];
}

function notOnDigital(): Fault {
  return broken(
    CHECK_CODE.digital,
    '/invoice/check_code',
    '数电票没有校验码，check_code 必须为空字符串。请删除其中的内容。',
    'A 数电 invoice has no check code; send an empty string.',
  );
}

function missing(): Fault {
  return broken(
    CHECK_CODE.absent,
    '/invoice/check_code',
    '没有填写校验码；微信可能以 72045 拒收。票面印有校验码时请填写。',
    'There is no check code; WeChat may refuse with 72045. Give the one printed on the invoice.',
  );
}
