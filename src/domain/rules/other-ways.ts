import { Fault } from '../fault';
import { Invoice } from '../invoice';
import { broken, Rule } from './rule';

/** What is not inserted as an invoice, and which way it goes instead. Paper stands with the codes, negative amounts with the amounts. */
export const OTHER_WAYS = {
  redLetter: {
    code: 'INVOICE-KIND-01',
    chapter: 'kind',
    severity: 'error',
    certainty: 'likely',
    source: '国家税务总局公告2024年第11号：红字发票备注由系统生成（被红冲蓝字数电票号码、红字发票信息确认单编号）',
    title: '红字发票不插卡，改为冲红原订单',
    titleEn: 'A red-letter invoice is not inserted; the original order is cancelled',
    preventsErrcodes: [72073, 72093],
  },
  fiscal: {
    code: 'INVOICE-KIND-02',
    chapter: 'kind',
    severity: 'error',
    certainty: 'likely',
    source: '微信《财政电子票据》接口 nontax/insertbill：票据代码 8 位、票据号码 10 位',
    title: '财政电子票据走财政票据接口',
    titleEn: 'A fiscal receipt goes through WeChat’s nontax interface',
    preventsErrcodes: [72041, 72043],
  },
} as const satisfies Record<string, Rule>;

/** The sentence that the system writes on every red-letter invoice. */
const RED_REMARK = /被红冲蓝字(?:数电票|发票)?号码|红字发票信息确认单编号|红字增值税专用发票信息表编号/;

export function checkRedLetter({ remarks }: Invoice): Fault[] {
  if (remarks === undefined || !RED_REMARK.test(remarks)) return [];
  return [
    broken(
      OTHER_WAYS.redLetter,
      '/invoice/remarks',
      '备注表明这是红字发票，红字发票不插卡。请对原蓝字发票的订单调用冲红（cancellation）。',
      'The remarks say that this is a red-letter invoice, which is not inserted. Cancel the order of the original invoice instead.',
    ),
  ];
}

/** 财政电子票据: 8 digits of code and 10 of number. A paper invoice with both swapped looks the same and has no way either. */
export function checkFiscal({ number, code }: Invoice): Fault[] {
  if (!/^[0-9]{10}$/.test(number) || !/^[0-9]{8}$/.test(code)) return [];
  return [
    broken(
      OTHER_WAYS.fiscal,
      '/invoice/number',
      '8 位代码加 10 位号码是财政电子票据，须经微信财政票据接口（nontax/insertbill）插卡，不能走发票接口。若把纸质发票的代码与号码填反，纸质发票同样不能插卡。',
      'A code of 8 and a number of 10 digits are a fiscal receipt, which goes through WeChat’s nontax/insertbill. If a paper invoice’s code and number were swapped: paper is not inserted either.',
    ),
  ];
}
