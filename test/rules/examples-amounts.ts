import { RuleExamples } from './examples';
import { at, digital, legacy, line, totals, untaxed } from './invoices';

const TEA = '*饮料*茶';
const MILK = '*乳制品*牛奶';

/** 商品明细 · 金额 · 备注 */
export const AMOUNT_EXAMPLES: Record<string, RuleExamples> = {
  'INVOICE-ITEM-01': {
    accepts: [['a name', digital()]],
    refuses: [['empty', digital({ items: [line('', 10000)] })]],
    borderline: [
      ['blanks only', digital({ items: [line('  ', 10000)] }), 'refused'],
      ['zero-width spaces only', digital({ items: [line('\u200B\u200B', 10000)] }), 'refused'],
    ],
  },
  'INVOICE-ITEM-02': {
    accepts: [['*餐饮服务*餐饮服务', digital({ items: [line('*餐饮服务*餐饮服务', 10000)] })]],
    refuses: [['WeChat’s own 牙膏', digital({ items: [line('牙膏', 10000)] })]],
    borderline: [
      ['no name after the category', digital({ items: [line('*餐饮服务*', 10000)] }), 'refused'],
      ['a name after it that nobody sees', digital({ items: [line('*餐饮服务*\u200B', 10000)] }), 'refused'],
      ['an asterisk within the name', digital({ items: [line('*五金*螺钉 3*20', 10000)] }), 'accepted'],
    ],
  },
  'INVOICE-ITEM-03': {
    accepts: [['absent: 1', digital()]],
    refuses: [['negative', digital({ items: [line(TEA, 10000, -1)] })]],
    borderline: [
      ['0', digital({ items: [line(TEA, 10000, 0)] }), 'refused'],
      ['a thousandth', digital({ items: [line(TEA, 10000000, 0.001)] }), 'accepted'],
    ],
  },
  'INVOICE-ITEM-04': {
    accepts: [
      ['prices without tax', digital()],
      ['prices with tax', digital({ items: [line(TEA, 5300, 2)] })],
      ['no lines', digital({ items: [] })],
    ],
    refuses: [
      [
        'list prices before a discount',
        digital({ ...totals(7200, 800), items: [line(TEA, 8800), line(TEA, 1132, 2), line(TEA, 188, 2)] }),
      ],
      ['one line with tax, one without', digital({ ...totals(10000, 600), items: [line(TEA, 5300), line(TEA, 5000)] })],
      ['summed although a name is in doubt', digital({ items: [line('牙膏', 1)] })],
    ],
    borderline: [
      ['a 分 a unit off', digital({ ...totals(10000, 600), items: [line(TEA, 3334, 3)] }), 'accepted'],
      ['three units, 3 分 off', digital({ ...totals(9999, 600), items: [line(TEA, 3334, 3)] }), 'accepted'],
      ['three units, 4 分 off', digital({ ...totals(9998, 600), items: [line(TEA, 3334, 3)] }), 'refused'],
    ],
  },
  'INVOICE-ITEM-05': {
    accepts: [['short', digital()]],
    refuses: [['a category of 16', digital({ items: [line(`*${'类'.repeat(16)}*茶`, 10000)] })]],
    borderline: [
      [
        'category 15, name 100',
        digital({ items: [line(`*${'类'.repeat(15)}*${'茶'.repeat(100)}`, 10000)] }),
        'accepted',
      ],
      ['name 101', digital({ items: [line(`*饮料*${'茶'.repeat(101)}`, 10000)] }), 'refused'],
      ['legacy: 90', legacy({ items: [line(`*饮料*${'茶'.repeat(86)}`, 3868)] }), 'accepted'],
      ['legacy: 91', legacy({ items: [line(`*饮料*${'茶'.repeat(87)}`, 3868)] }), 'refused'],
    ],
  },
  'INVOICE-ITEM-06': {
    accepts: [['after its line', digital(untaxed(line(TEA, 10000), line(TEA, -1000)))]],
    refuses: [
      ['the first line', digital(untaxed(line(TEA, -1000), line(TEA, 10000)))],
      ['two in a row', digital(untaxed(line(TEA, 10000), line(TEA, -1000), line(TEA, -500)))],
    ],
    borderline: [
      [
        'one after each line',
        digital(untaxed(line(TEA, 10000), line(TEA, -1000), line(TEA, 5000), line(TEA, -500))),
        'accepted',
      ],
    ],
  },
  'INVOICE-ITEM-07': {
    accepts: [['a part', digital(untaxed(line(TEA, 1000, 10), line(TEA, -1000)))]],
    refuses: [['more than its line', digital(untaxed(line(MILK, 90000), line(TEA, 1000), line(TEA, -2000)))]],
    borderline: [
      ['the whole line', digital(untaxed(line(MILK, 90000), line(TEA, 500, 2), line(TEA, -1000))), 'accepted'],
      ['2 分 more', digital(untaxed(line(MILK, 90000), line(TEA, 500, 2), line(TEA, -1002))), 'refused'],
    ],
  },
  'INVOICE-ITEM-08': {
    accepts: [['the same category', digital(untaxed(line(TEA, 10000), line(TEA, -1000)))]],
    refuses: [['another category', digital(untaxed(line(TEA, 10000), line(MILK, -1000)))]],
    borderline: [['no category to compare', digital(untaxed(line(TEA, 10000), line('折扣', -1000))), 'accepted']],
  },
  'INVOICE-ITEM-09': {
    accepts: [['one 分', digital(untaxed(line(TEA, 1)))]],
    refuses: [['0', digital({ items: [line(TEA, 10000), line(MILK, 0)] })]],
    borderline: [['a discount of one 分', digital(untaxed(line(TEA, 100), line(TEA, -1))), 'accepted']],
  },
  'INVOICE-ITEM-10': {
    accepts: [['3', digital(untaxed(line(TEA, 1000, 3)))]],
    refuses: [['2.5 (千瓦时, 升)', digital({ ...totals(10000, 600), items: [line(TEA, 4000, 2.5)] })]],
    borderline: [['1.0', digital(untaxed(line(TEA, 1000, 1.0))), 'accepted']],
  },
  'INVOICE-ITEM-11': {
    accepts: [['1060', digital(untaxed(line(TEA, 1060)))]],
    refuses: [['10.6', digital({ items: [line(TEA, 10.6)] })]],
    borderline: [
      ['2^53 - 1', digital({ items: [line(TEA, Number.MAX_SAFE_INTEGER)] }), 'accepted'],
      ['2^53', digital({ items: [line(TEA, Number.MAX_SAFE_INTEGER + 1)] }), 'refused'],
    ],
  },
  'INVOICE-AMOUNT-01': {
    accepts: [['106.00 = 100.00 + 6.00', digital()]],
    refuses: [['WeChat’s own 123 = 2345 + 123', digital({ fee: 123, feeWithoutTax: 2345, tax: 123 })]],
    borderline: [['one 分 off', digital({ fee: 10601 }), 'refused']],
  },
  'INVOICE-AMOUNT-02': {
    accepts: [['no tax', digital(totals(10000, 0))]],
    refuses: [['a red-letter invoice', digital(totals(-10000, -600))]],
    borderline: [['a tax of -1', digital({ ...totals(10000, -1) }), 'refused']],
  },
  'INVOICE-AMOUNT-03': {
    accepts: [['a hundred yuan', digital()]],
    refuses: [['ten times the bound', digital(totals(99_999_999_999_990, 0))]],
    borderline: [
      ['99,999,999,999.99 yuan', digital(totals(9_999_999_999_999, 0)), 'accepted'],
      ['one 分 more', digital(totals(10_000_000_000_000, 0)), 'refused'],
    ],
  },
  'INVOICE-AMOUNT-04': {
    accepts: [['one 分', digital(totals(1, 0))]],
    refuses: [['all zero', digital({ fee: 0, feeWithoutTax: 0, tax: 0, items: [] })]],
    borderline: [['a tax of zero is no total of zero', digital(totals(10000, 0)), 'accepted']],
  },
  'INVOICE-AMOUNT-05': {
    accepts: [['10600', digital()]],
    refuses: [['106.5', digital({ fee: 106.5 })]],
    borderline: [['not a number', digital({ tax: NaN }), 'refused']],
  },
  'INVOICE-AMOUNT-06': {
    accepts: [['a hundred yuan', digital()]],
    refuses: [['thirty million yuan', digital(totals(3_000_000_000, 0))]],
    borderline: [
      ['2^31 - 1', digital(totals(2_147_483_647, 0)), 'accepted'],
      ['2^31', digital(totals(2_147_483_648, 0)), 'refused'],
    ],
  },
  'INVOICE-AMOUNT-07': {
    accepts: [
      ['6 %', digital()],
      ['exempt', digital(totals(18114, 0))],
      [
        'several rates',
        digital({ fee: 21900, feeWithoutTax: 20000, tax: 1900, items: [line(TEA, 10000), line(MILK, 10000)] }),
      ],
      ['差额征税', digital({ ...totals(10000, 211), remarks: '差额征税：5000.00。' })],
      [
        'an air ticket with 民航发展基金',
        digital({
          fee: 62000,
          feeWithoutTax: 57293,
          tax: 4707,
          items: [line('*运输服务*机票款', 47706), line('*运输服务*燃油附加费', 4587), line('民航发展基金', 5000)],
        }),
      ],
      ['16 % in 2018', legacy({ ...totals(10000, 1600), issuedAt: at('2018-06-01'), code: '031001800111' })],
    ],
    refuses: [
      ['8 %', digital(totals(10000, 800))],
      ['17 % today', digital(totals(10000, 1700))],
      ['more than the highest rate, whatever the lines', digital({ ...totals(10000, 2000), items: [] })],
    ],
    borderline: [
      ['13 % and 0.06 yuan', digital(totals(10000, 1306)), 'accepted'],
      ['13 % and 0.07 yuan', digital(totals(10000, 1307)), 'refused'],
      ['16 % on 2019-03-31', legacy({ ...totals(10000, 1600), issuedAt: at('2019-03-31T15:59:59Z') }), 'accepted'],
      ['16 % on 2019-04-01', legacy({ ...totals(10000, 1600), issuedAt: at('2019-03-31T16:00:00Z') }), 'refused'],
      [
        '13 % between 2017-07-01 and 2019-03-31',
        legacy({ ...totals(10000, 1300), issuedAt: at('2019-03-01') }),
        'refused',
      ],
    ],
  },
  'INVOICE-TEXT-01': {
    accepts: [['none', digital()]],
    refuses: [['500', digital({ remarks: '注'.repeat(500) })]],
    borderline: [
      ['数电: 450', digital({ remarks: '注'.repeat(450) }), 'accepted'],
      ['数电: 451', digital({ remarks: '注'.repeat(451) }), 'refused'],
      ['legacy: 200', legacy({ remarks: '注'.repeat(200) }), 'accepted'],
      ['legacy: 201', legacy({ remarks: '注'.repeat(201) }), 'refused'],
    ],
  },
  'INVOICE-TEXT-02': {
    accepts: [['a maker', digital({ maker: '示例开票员' })]],
    refuses: [['a cashier on 数电', digital({ cashier: '示例收款员' })]],
    borderline: [['a cashier on a legacy face', legacy({ cashier: '示例收款员' }), 'accepted']],
  },
};
