import { checkInvoice } from '../../src/domain/check-invoice';
import { parseIssuedAt } from '../../src/domain/issued-at';
import { innerPartsAgree, isResidentId, usccProblem } from '../../src/domain/rules/taxpayer-id';
import { at, codes, digital, errors, legacy, line, NOW, personal, totals } from './invoices';

describe('数电 numbers that exist', () => {
  it.each([
    ['Shenzhen', '24952000000110579895'],
    ['Xiamen', '25942000000036499020'],
    ['Xiamen, read back from WeChat', '24942000000012660383'],
    ['Ningbo', '25932000000012918560'],
    ['Qingdao', '24922000000026871733'],
    ['Qingdao', '24922000000029648562'],
    ['Qingdao', '25922000000029755889'],
    ['toll, 乐企', '26537912570200055449'],
    ['special, Shanghai', '24312000000358032546'],
    ['ordinary, Hubei', '26427000000375586818'],
    ['railway', '26339132621000219582'],
    ['special, Beijing', '24112000000048542163'],
    ['railway, Tianjin', '25129110172000044123'],
    ['Shenzhen', '25952000000127675627'],
    ['railway, Zhejiang', '26337906210400590013'],
    ['Hunan', '25432000000031411143'],
  ])('%s: %s', (_where, number) => {
    const issuedAt = at(`20${number.slice(0, 2)}-06-01T00:00:00+08:00`);
    expect(codes(digital({ number, issuedAt }))).toEqual([]);
  });

  it('with area 99, seen once, only warn', () => {
    const invoice = digital({ number: '25997200000106503809', issuedAt: at('2025-02-17T00:00:00+08:00') });
    expect(codes(invoice)).toEqual(['INVOICE-NUMBER-05']);
    expect(errors(invoice)).toEqual([]);
  });

  it('begin with a bureau of the 31 provinces or the five cities, and with no other two digits', () => {
    const taken = Array.from({ length: 100 }, (_, n) => String(n).padStart(2, '0')).filter(
      (area) => errors(digital({ number: `26${area}2000000183259524` })).length === 0,
    );
    expect(taken.join(' ')).toBe(
      '11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 91 92 93 94 95 99',
    );
  });

  it.each([...'0123456789'])('with the channel digit %s are taken: nobody has published a list', (channel) => {
    expect(codes(digital({ number: `2631${channel}000000183259524` }))).toEqual([]);
  });

  it('that only a preview bears are refused', () => {
    expect(errors(digital({ number: '9223372036854775807' }))).toEqual(['INVOICE-NUMBER-01']);
  });
});

describe('legacy invoices that exist', () => {
  it.each([
    ['production read-back', legacy()],
    [
      'Zhejiang, 526.00',
      legacy({
        code: '033002000211',
        number: '83089647',
        checkCode: '16197833567414507415',
        issuedAt: at('2020-07-23'),
        ...totals(51068, 1532),
      }),
    ],
    [
      'Jiangsu, exempt, code year 19 and issued in 2020',
      legacy({
        code: '032001900311',
        number: '25577301',
        checkCode: '58569302723370975117',
        issuedAt: at('2020-11-12'),
        ...totals(18114, 0),
      }),
    ],
    ['Beijing, sent in 2018', legacy({ code: '011001600111', number: '09001131', issuedAt: at('2018-01-01') })],
    ['Shenzhen, 2020', legacy({ code: '044032000211', number: '62522141', issuedAt: at('2020-12-01') })],
    ['Zhejiang, 2020', legacy({ code: '033002000611', number: '77131931', issuedAt: at('2020-08-25') })],
    ['Beijing, 2018', legacy({ code: '011001800311', number: '68100400', issuedAt: at('2020-08-25') })],
    ['Jiangsu, 2022', legacy({ code: '032002200611', number: '67569521', issuedAt: at('2023-03-01') })],
    ...['111001809110', '153001909110'].map((code) => [
      'blockchain of Beijing and Yunnan',
      legacy({ kind: 'blockchain', code, checkCode: '12345' }),
    ]),
    ['with a city’s region', legacy({ kind: 'vat_special', code: '065122100313', issuedAt: at('2021-12-01') })],
    ...['144031809110', '144031909110'].map((code) => [
      'Shenzhen blockchain',
      legacy({ kind: 'blockchain', code, checkCode: '12345' }),
    ]),
    ...['144031539110', '131001570151', '133011501118', '111001571071'].map((code) => [
      'pilot before 2015-84',
      legacy({ code }),
    ]),
  ] as [string, ReturnType<typeof legacy>][])('%s', (_why, invoice) => expect(codes(invoice)).toEqual([]));

  it.each([
    ['通用机打 of Guangdong', { code: '144002288010' }, 'INVOICE-CODE-02'],
    ['通用机打 of Guangdong, as sent in 2020', { code: '144002010000', number: '00263938' }, 'INVOICE-CODE-02'],
    ['a roll of paper (…07)', { code: '050001821107', number: '12339993' }, 'INVOICE-CODE-04'],
    ['a vendor sandbox’s kind 26', { code: '031001900126' }, 'INVOICE-CODE-09'],
    ['as the classic documents have it', { number: '031001900111', code: '39324919' }, 'INVOICE-NUMBER-07'],
    ['printed in groups, blanks not removed', { checkCode: '16197 83356 74145 07415' }, 'INVOICE-CHECK-02'],
  ])('%s', (_why, changes, code) => expect(codes(legacy(changes))).toEqual([code]));
});

describe('taxpayer ids', () => {
  it.each(['91110108690017781B', '92330781MA2EDMFU50', '91350100M000100Y43', '91440300587908164C'])(
    '%s is genuine',
    (id) => {
      expect([usccProblem(id), innerPartsAgree(id)]).toEqual(['none', true]);
      expect(codes(digital({ buyerNumber: id, sellerNumber: id }))).toEqual([]);
    },
  );

  it('123456789012345678 of WeChat’s sample passes mod 31 by accident and nothing else', () => {
    expect([usccProblem('123456789012345678'), innerPartsAgree('123456789012345678')]).toEqual(['none', false]);
  });

  it('11010519491231002X is a resident id, and no credit code', () => {
    expect([isResidentId('11010519491231002X'), usccProblem('11010519491231002X')]).toEqual([true, 'check']);
  });

  it.each([
    ['a day that does not exist', '110105194902310026'],
    ['month 13', '110105194913310021'],
    ['a lower-case x', '11010519491231002x'],
    ['the wrong check', '110105194912310021'],
  ])('%s is none', (_why, id) => expect(isResidentId(id)).toBe(false));
});

describe('amounts and lines of genuine faces', () => {
  it.each([
    ['数电专票 4197.17 + 251.83 = 4449.00', digital({ kind: 'digital_special', ...totals(419717, 25183) })],
    ['数电 27969.03 + 3635.97 = 31605.00', digital(totals(2796903, 363597))],
    ['exempt 181.14', digital(totals(18114, 0))],
    ['railway 56.00, ÷ 1.09', digital(totals(5138, 462))],
    ['toll 10.70', digital(totals(1039, 31))],
    [
      'one price without tax, no quantity, no unit',
      digital({ fee: 4100, feeWithoutTax: 3868, tax: 232, items: [line('*餐饮服务*餐饮服务', 3868)] }),
    ],
    [
      'unit price 510.679612 rounded to 分',
      digital({ ...totals(51068, 1532), items: [line('*住宿服务*房费', 51068, 1)] }),
    ],
  ])('%s', (_why, invoice) => expect(codes(invoice)).toEqual([]));

  it('air ticket 477.06 + 45.87 + 47.07 + 50.00 = 620.00 holds with the fund in fee_without_tax', () => {
    const invoice = personal({ fee: 62000, feeWithoutTax: 57293, tax: 4707, items: [] });
    expect(errors(invoice)).toEqual([]);
    expect(errors(personal({ fee: 62000, feeWithoutTax: 52293, tax: 4707, items: [] }))).toEqual(['INVOICE-AMOUNT-01']);
  });

  it('list prices 8800 + 2 × 1132 + 2 × 188 = 11440 do not make 8000', () => {
    const items = [line('*餐饮服务*套餐', 8800), line('*餐饮服务*饮料', 1132, 2), line('*餐饮服务*纸巾', 188, 2)];
    expect(errors(digital({ fee: 8000, feeWithoutTax: 7547, tax: 453, items }))).toEqual(['INVOICE-ITEM-04']);
  });
});

describe('texts of genuine faces', () => {
  it.each([
    ['names in the remarks, where a 数电票 has them', digital({ remarks: '收款人:示例甲; 复核人:示例乙;' })],
    ['*餐饮服务*餐饮服务', digital({ items: [line('*餐饮服务*餐饮服务', 10000)] })],
    ['*信息技术服务*技术服务费', digital({ items: [line('*信息技术服务*技术服务费', 10000)] })],
    ['差额征税', digital({ ...totals(10000, 211), remarks: '差额征税：5000.00。' })],
    ['个人', personal()],
  ])('%s', (_why, invoice) => expect(codes(invoice)).toEqual([]));
});

describe('WeChat’s own samples', () => {
  it('its insert sample breaks almost every rule', () => {
    const issuedAt = parseIssuedAt('1468306058');
    const sample = legacy({
      number: '4545145712',
      code: '4541212454512',
      checkCode: '',
      issuedAt: issuedAt as number,
      title: '灌哥发票',
      buyerNumber: '123456789012345678',
      sellerNumber: undefined,
      fee: 123,
      feeWithoutTax: 2345,
      tax: 123,
      items: [{ name: '牙膏', unit: '个', num: 3, price: 10000 }],
    });
    expect(codes(sample)).toEqual([
      'INVOICE-NUMBER-06',
      'INVOICE-CODE-02',
      'INVOICE-CHECK-02',
      'INVOICE-BUYER-05',
      'INVOICE-ITEM-02',
      'INVOICE-ITEM-04',
      'INVOICE-AMOUNT-01',
    ]);
    expect(errors(sample)).not.toContain('INVOICE-BUYER-03');
  });

  it('its billing_time is the instant, without a shift of 8 hours', () => {
    expect(parseIssuedAt('1478620800')).toBe(at('2016-11-09T00:00:00+08:00'));
    expect(parseIssuedAt(1739721600)).toBe(at('2025-02-17T00:00:00+08:00'));
    expect(parseIssuedAt(1554464373)).toBe(at('2019-04-05T19:39:33+08:00'));
  });
});

describe('what gets no card is told its own way', () => {
  it.each([
    ['a red-letter invoice', digital(totals(-10000, -600)), 'INVOICE-AMOUNT-02', /cancellation/],
    [
      'its remark',
      digital({ remarks: '被红冲蓝字数电票号码：26312000000183259524' }),
      'INVOICE-KIND-01',
      /cancellation/,
    ],
    ['paper of 10 digits', legacy({ code: '3100192130' }), 'INVOICE-CODE-03', /换开数电票/],
    ['paper of 12 digits', legacy({ code: '031001900104' }), 'INVOICE-CODE-04', /换开数电票/],
    ['a used-car invoice on paper', legacy({ code: '031001900117' }), 'INVOICE-CODE-05', /digital_ordinary/],
    ['数电纸质发票', digital({ code: '3100192130' }), 'INVOICE-CODE-01', /数电纸质发票/],
    ['a fiscal receipt', legacy({ number: '0012345678', code: '31060124' }), 'INVOICE-KIND-02', /nontax\/insertbill/],
    ['a trip sheet, which has no number', digital({ number: '' }), 'INVOICE-NUMBER-01', /trip_pdf/],
  ])('%s', (_why, invoice, code, way) => {
    const found = checkInvoice(invoice, NOW).find((fault) => fault.code === code);
    expect([found?.severity, found?.message]).toEqual(['error', expect.stringMatching(way)]);
  });
});
