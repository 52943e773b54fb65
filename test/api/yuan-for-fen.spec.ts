import { renderInvoicePdf } from '../../src/demo/invoice-pdf';
import { invoiceFaceOf } from '../../src/demo/sample-order';
import { orderWithoutPdf } from '../support/orders';
import { Json, World } from '../support/world';

type Told = { pointer: string; code: string; message: string; message_en: string };

describe('whoever writes yuan where 分 belong is told so, and what to write', () => {
  let world: World;
  beforeAll(async () => (world = await World.start({ env: { ROLE: 'api' } })));
  afterAll(() => world.end());

  const check = async (invoice: Json, pdf?: unknown) => {
    const { body } = await world.post('/v1/invoices/check', { invoice, ...(pdf ? { pdf } : {}) }).expect(200);
    return (body as Json).faults as Told[];
  };
  const plain = (changes: Json): Json => {
    const { invoice } = orderWithoutPdf();
    return { ...(invoice as Json), items: [{ name: '*餐饮服务*餐饮服务', price: 10000 }], ...changes };
  };
  const told = (faults: Told[], pointer: string) => faults.find((fault) => fault.pointer === pointer);

  it.each<[unknown, RegExp, RegExp]>([
    [106.5, /106\.5 元请写 10650。/, /for 106\.5 yuan write 10650\./],
    ['106.50', /106\.50 元请写 10650。/, /write 10650/],
    ['¥1,106.50', /请写 110650。/, /write 110650/],
    ['１０６．５元', /请写 10650。/, /write 10650/],
    ['10650', /若以分计请写 10650，若以元计请写 1065000。/, /write 10650 where it is 分, 1065000 where it is yuan/],
    [106.505, /最接近的是 10651/, /the nearest is 10651/],
    [0.1 + 0.2, /最接近的是 30/, /the nearest is 30/],
    [null, /106\.50 元请写 10650/, /write 10650/],
    ['about ten', /106\.50 元请写 10650/, /write 10650/],
    [[10650], /106\.50 元请写 10650/, /write 10650/],
  ])('%j as an amount or a price', async (value, message, messageEn) => {
    const faults = await check(plain({ fee: value, items: [{ name: '*餐饮服务*餐饮服务', price: value }] }));
    for (const pointer of ['/invoice/fee', '/invoice/items/0/price']) {
      const fault = told(faults, pointer);
      expect(fault).toMatchObject({ code: 'FIELD-TYPE', severity: 'error' });
      expect(fault?.message).toMatch(message);
      expect(fault?.message).toContain('分');
      expect(fault?.message_en).toMatch(messageEn);
    }
    expect(JSON.stringify(faults)).not.toContain('about ten');
  });

  it('an order’s own amounts, and an authorisation’s', async () => {
    const given = orderWithoutPdf();
    const order = { ...given, invoice: { ...(given.invoice as Json), tax: '6.00' }, pdf: 'T0ZE' };
    const { body } = await world.post('/v1/orders', order).expect(422);
    expect(told((body as { errors: Told[] }).errors, '/invoice/tax')?.message).toContain('6.00 元请写 600');
    const asked = { order_id: 'a1', fee: 106.5, source: 'web', type: 1, redirect_url: 'https://example.com/' };
    const refused = (await world.post('/v1/authorizations', asked).expect(422)).body as { errors: Told[] };
    expect(told(refused.errors, '/fee')?.message).toContain('请写 10650');
  });

  it.each<[string, Json, string, RegExp]>([
    ['all totals yuan', { fee: 106, fee_without_tax: 100, tax: 6 }, '/invoice/items', /看起来是元、单价是分/],
    [
      'a price in yuan',
      { fee: 10600, fee_without_tax: 10000, tax: 600, items: [{ name: '*餐饮服务*餐饮服务', price: 100 }] },
      '/invoice/items',
      /单价看起来是元/,
    ],
    ['the total alone', { fee: 106, fee_without_tax: 10000, tax: 600 }, '/invoice/fee', /。fee 看起来是元/],
    ['the tax alone', { fee: 10600, fee_without_tax: 10000, tax: 6 }, '/invoice/fee', /。tax 看起来是元/],
    ['two of three', { fee: 10600, fee_without_tax: 100, tax: 6 }, '/invoice/fee', /fee_without_tax, tax 看起来是元/],
  ])('%s', async (_what, amounts, pointer, message) => {
    const fault = told(await check(plain(amounts)), pointer);
    expect(fault?.message).toMatch(message);
    expect(fault?.message_en).toMatch(/looks? like yuan/);
  });

  it('yuan beside a PDF that says the same in yuan, or 分 multiplied twice', async () => {
    const made = orderWithoutPdf({ lines: 1 });
    const invoice = plain({ fee: 10600, fee_without_tax: 10000, tax: 600 });
    const line = { ...((invoice.items as Json[])[0] as Json), unit: '次', num: 1 };
    const face = { ...made, invoice: { ...invoice, items: [line] } };
    const pdf = (await renderInvoicePdf(invoiceFaceOf(face as never))).toString('base64');
    const inYuan = { ...invoice, fee: 106, fee_without_tax: 100, tax: 6, items: [{ ...line, price: 100 }] };
    const faults = await check(inYuan, pdf);
    for (const [field, right] of [
      ['fee', 10600],
      ['fee_without_tax', 10000],
      ['tax', 600],
    ] as const) {
      const fault = told(faults, `/invoice/${field}`);
      expect(fault?.message).toMatch(new RegExp(`看起来是元，请换算成分，写 ${right}。$`));
      expect(fault?.message_en).toMatch(new RegExp(`looks like yuan: in 分 it is ${right}\\.$`));
    }
    const twice = await check({ ...invoice, fee: 1060000 }, pdf);
    expect(twice.find(({ code }) => code === 'PDF-FEE-01')?.message).toContain('1060000 看起来多乘了 100，请写 10600');
    const other = await check({ ...invoice, fee: 10700 }, pdf);
    expect(other.find(({ code }) => code === 'PDF-FEE-01')?.message).toContain('请改正其一');
  });
});
