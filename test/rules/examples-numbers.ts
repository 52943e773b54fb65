import { RuleExamples } from './examples';
import { at, digital, legacy, NOW } from './invoices';

const SPECIAL = { kind: 'vat_special', code: '031002000113', issuedAt: at('2020-12-30') } as const;

/** 票种 · 发票号码 · 发票代码 · 校验码 · 开票时间 */
export const NUMBER_EXAMPLES: Record<string, RuleExamples> = {
  'INVOICE-KIND-01': {
    accepts: [['a plain remark', digital({ remarks: '合同编号 2026-001' })]],
    refuses: [
      [
        'the system’s remark of a red-letter 数电票',
        digital({ remarks: '被红冲蓝字数电票号码：26312000000183259524 红字发票信息确认单编号：31' }),
      ],
      ['the remark of a legacy red-letter 专票', legacy({ remarks: '开具红字增值税专用发票信息表编号3101' })],
    ],
    borderline: [['mentions a red letter in other words', digital({ remarks: '原发票已冲红，重新开具' }), 'accepted']],
  },
  'INVOICE-KIND-02': {
    accepts: [['8-digit number, 12-digit code', legacy()]],
    refuses: [['财政电子票据: code 8, number 10', legacy({ number: '0012345678', code: '31060124' })]],
    borderline: [
      ['number 10, code 13: shapes of nothing', legacy({ number: '4545145712', code: '4541212454512' }), 'accepted'],
    ],
  },
  'INVOICE-NUMBER-01': {
    accepts: [['20 digits', digital()]],
    refuses: [
      ['empty', digital({ number: '' })],
      ['8 digits', digital({ number: '39324919' })],
      ['a full-width digit', digital({ number: '2６312000000183259524' })],
      ['a zero-width space within', digital({ number: '26312\u200B000000183259524' })],
      ['rounded by a JSON number', digital({ number: '26312000000183260000.0' })],
    ],
    borderline: [
      ['19 digits', digital({ number: '2631200000018325952' }), 'refused'],
      ['21 digits', digital({ number: '263120000001832595240' }), 'refused'],
      ['a blank at the end', digital({ number: '26312000000183259524 ' }), 'refused'],
    ],
  },
  'INVOICE-NUMBER-02': {
    accepts: [['issued this year', digital()]],
    refuses: [['year 20, before the pilot', digital({ number: '20312000000183259524', issuedAt: at('2020-12-01') })]],
    borderline: [
      ['year 21, the pilot', digital({ number: '21312000000183259524', issuedAt: at('2021-12-01') }), 'accepted'],
      ['next year', digital({ number: '27312000000183259524', issuedAt: NOW }), 'refused'],
    ],
  },
  'INVOICE-NUMBER-03': {
    accepts: [['number and issue of 2026', digital()]],
    refuses: [['number of 2025, issued in 2026', digital({ number: '25312000000183259524' })]],
    borderline: [
      [
        'the first second of 2026 in UTC+8, still 2025 in UTC',
        digital({ issuedAt: at('2025-12-31T16:00:00Z') }),
        'accepted',
      ],
      ['the second before', digital({ issuedAt: at('2025-12-31T15:59:59Z') }), 'refused'],
    ],
  },
  'INVOICE-NUMBER-04': {
    accepts: [
      ['Shenzhen is 95', digital({ number: '26952000000183259524' })],
      ['Xinjiang is 65', digital({ number: '26652000000183259524' })],
    ],
    refuses: [
      ['no province 16', digital({ number: '26162000000183259524' })],
      ['Taiwan, Hong Kong: no bureau', digital({ number: '26712000000183259524' })],
      [
        'the first two digits of Shenzhen’s 4403 are Guangdong, 03 is none',
        digital({ number: '26032000000183259524' }),
      ],
    ],
    borderline: [
      ['Dalian 91', digital({ number: '26912000000183259524' }), 'accepted'],
      ['90', digital({ number: '26902000000183259524' }), 'refused'],
      ['96', digital({ number: '26962000000183259524' }), 'refused'],
      ['any channel digit', digital({ number: '26310000000183259524' }), 'accepted'],
    ],
  },
  'INVOICE-NUMBER-05': {
    accepts: [['a published area', digital()]],
    refuses: [['area 99', digital({ number: '26997200000106503809' })]],
    borderline: [['area 95', digital({ number: '26957200000106503809' }), 'accepted']],
  },
  'INVOICE-NUMBER-06': {
    accepts: [['leading zeros', legacy({ number: '09001131' })]],
    refuses: [
      ['a 数电 number on a legacy kind', legacy({ number: '26312000000183259524' })],
      ['a full-width digit', legacy({ number: '3932491９' })],
    ],
    borderline: [
      ['00000000', legacy({ number: '00000000' }), 'refused'],
      ['00000001', legacy({ number: '00000001' }), 'accepted'],
      ['7 digits: a leading zero lost', legacy({ number: '9001131' }), 'refused'],
    ],
  },
  'INVOICE-NUMBER-07': {
    accepts: [['each in its field', legacy()]],
    refuses: [
      ['12 digits in number, 8 in code', legacy({ number: '031001900111', code: '39324919' })],
      ['the 数电 number in code', digital({ number: '', code: '26312000000183259524' })],
    ],
    borderline: [
      [
        '20 digits in both: the number is right, the code is not empty',
        digital({ code: '26312000000183259524' }),
        'accepted',
      ],
    ],
  },
  'INVOICE-CODE-01': {
    accepts: [['empty', digital()]],
    refuses: [
      ['a legacy code', digital({ code: '031001900111' })],
      ['数电纸质发票: a paper code beside 20 digits', digital({ code: '3100192130' })],
    ],
    borderline: [['one blank', digital({ code: ' ' }), 'refused']],
  },
  'INVOICE-CODE-02': {
    accepts: [
      ['电子普票', legacy()],
      ['a pilot code before the structure', legacy({ code: '144031539110' })],
      ['Shenzhen blockchain', legacy({ kind: 'blockchain', code: '144031909110', checkCode: '12345' })],
    ],
    refuses: [
      ['empty on a legacy kind', legacy({ code: '' })],
      ['通用机打电子发票', legacy({ code: '144002288010' })],
      ['a blockchain code under another kind', legacy({ code: '144031909110' })],
      ['a legacy code as blockchain', legacy({ kind: 'blockchain' })],
    ],
    borderline: [
      ['11 digits', legacy({ code: '03100190011' }), 'refused'],
      ['13 digits', legacy({ code: '0310019001110' }), 'refused'],
    ],
  },
  'INVOICE-CODE-03': {
    accepts: [['12 digits', legacy()]],
    refuses: [['10 digits', legacy({ code: '3100192130' })]],
    borderline: [['9 digits are no paper code either', legacy({ code: '310019213' }), 'accepted']],
  },
  'INVOICE-CODE-04': {
    accepts: [['kind 11', legacy()]],
    refuses: [
      ['折叠票 04', legacy({ code: '031001900104' })],
      ['卷票 07', legacy({ code: '031001900107' })],
    ],
    borderline: [
      ['05', legacy({ code: '031001900105' }), 'refused'],
      ['06', legacy({ code: '031001900106' }), 'refused'],
      ['03 and 08 are unknown, not paper', legacy({ code: '031001900108' }), 'accepted'],
    ],
  },
  'INVOICE-CODE-05': {
    accepts: [['kind 11', legacy()]],
    refuses: [['17', legacy({ code: '031001900117' })]],
    borderline: [['16', legacy({ code: '031001900116' }), 'accepted']],
  },
  'INVOICE-CODE-06': {
    accepts: [
      ['Shanghai', legacy()],
      ['a city’s region', legacy({ code: '065121800111' })],
    ],
    refuses: [['no province 16', legacy({ code: '016001900111' })]],
    borderline: [
      ['Shenzhen 4403 counts as Guangdong', legacy({ code: '044031900111' }), 'accepted'],
      ['95 is a tax bureau of 数电 numbers only', legacy({ code: '095001900111' }), 'refused'],
    ],
  },
  'INVOICE-CODE-07': {
    accepts: [['a block of the year before', legacy({ code: '031001800111' })]],
    refuses: [['a block of the year after', legacy({ code: '031002000111' })]],
    borderline: [
      [
        'block 20, first second of 2020 in UTC+8',
        legacy({ code: '031002000111', issuedAt: at('2019-12-31T16:00:00Z') }),
        'accepted',
      ],
      ['the second before', legacy({ code: '031002000111', issuedAt: at('2019-12-31T15:59:59Z') }), 'refused'],
    ],
  },
  'INVOICE-CODE-08': {
    accepts: [
      ['12 is toll', legacy({ kind: 'toll', code: '031001900112' })],
      ['13 is special', legacy(SPECIAL)],
    ],
    refuses: [['11 as special', legacy({ ...SPECIAL, code: '031002000111' })]],
    borderline: [['a toll invoice under 11: seen, warned only', legacy({ kind: 'toll' }), 'refused']],
  },
  'INVOICE-CODE-09': {
    accepts: [
      ['11', legacy()],
      ['paper has a rule of its own', legacy({ code: '031001900107' })],
    ],
    refuses: [
      ['00', legacy({ code: '031001900100' })],
      ['26', legacy({ code: '031001900126' })],
      ['99', legacy({ code: '031001900199' })],
    ],
    borderline: [
      ['10, below the first', legacy({ code: '031001900110' }), 'refused'],
      ['14, above the last', legacy({ code: '031001900114' }), 'refused'],
      ['a pilot’s 51', legacy({ code: '131001570151' }), 'accepted'],
    ],
  },
  'INVOICE-CHECK-01': {
    accepts: [['empty', digital()]],
    refuses: [['20 digits', digital({ checkCode: '16197833567414507415' })]],
    borderline: [['one blank', digital({ checkCode: ' ' }), 'refused']],
  },
  'INVOICE-CHECK-02': {
    accepts: [
      ['20 digits', legacy()],
      ['blockchain 5', legacy({ kind: 'blockchain', code: '144031909110', checkCode: '12345' })],
      ['none on a 专票', legacy({ ...SPECIAL, checkCode: '' })],
    ],
    refuses: [
      ['missing on 电子普票', legacy({ checkCode: '' })],
      ['missing on 通行费', legacy({ kind: 'toll', code: '031001900112', checkCode: '' })],
      ['5 on an ordinary one', legacy({ checkCode: '12345' })],
    ],
    borderline: [
      ['19', legacy({ checkCode: '1619783356741450741' }), 'refused'],
      ['21', legacy({ checkCode: '161978335674145074150' }), 'refused'],
      ['blockchain 20', legacy({ kind: 'blockchain', code: '144031909110' }), 'accepted'],
      ['blockchain 6', legacy({ kind: 'blockchain', code: '144031909110', checkCode: '123456' }), 'refused'],
    ],
  },
  'INVOICE-CHECK-03': {
    accepts: [['a 专票 with it', legacy(SPECIAL)]],
    refuses: [
      ['a 专票 without', legacy({ ...SPECIAL, checkCode: '' })],
      ['blockchain without', legacy({ kind: 'blockchain', code: '144031909110', checkCode: '' })],
    ],
    borderline: [['an ordinary one without is an error of its own', legacy({ checkCode: '' }), 'accepted']],
  },
  'INVOICE-TIME-04': {
    accepts: [['now', digital({ issuedAt: NOW })]],
    refuses: [['tomorrow', digital({ issuedAt: NOW + 86_400 })]],
    borderline: [
      ['ten minutes ahead', digital({ issuedAt: NOW + 600 }), 'accepted'],
      ['a second more', digital({ issuedAt: NOW + 601 }), 'refused'],
    ],
  },
  'INVOICE-TIME-05': {
    accepts: [['2019', legacy()]],
    refuses: [['2014', legacy({ issuedAt: at('2014-06-01'), code: '031001400111' })]],
    borderline: [
      [
        'the first second of 2015 in UTC+8',
        legacy({ issuedAt: at('2014-12-31T16:00:00Z'), code: '031001500111' }),
        'accepted',
      ],
      ['the second before', legacy({ issuedAt: at('2014-12-31T15:59:59Z'), code: '031001400111' }), 'refused'],
    ],
  },
};
