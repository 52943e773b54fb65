import { digitalSheet } from '../../bench/corpus/digital-sheet';
import { paperOf } from '../../bench/corpus/paper';
import { endingAt, mark, Mark, Sheet } from '../../bench/corpus/sheet';
import { writeNamed } from '../../bench/corpus/write-named';
import { agree } from '../../src/domain/agreement';
import { yuanOf } from '../../src/domain/yuan';
import { bestFacts, Fact } from '../../src/domain/invoice-facts';
import { pdfFaults } from '../../src/domain/pdf-verdict';
import { FileReader } from '../../src/invoice-files/file-reader';
import { INVOICE } from './face';

const files = new FileReader({ threads: 1, deadlineMs: 25_000, queue: 100, patienceMs: 60_000 });
afterAll(() => files.close());

const DAY = new Date('2026-11-20T02:00:00Z');

describe('papers that are no card are named, and not half-read', () => {
  it.each([
    [
      'a fiscal receipt',
      'fiscal_receipt',
      [
        mark(180, 359, '示例省车辆通行费票据（电子）', 18),
        mark(40, 331, '票据代码：99020026'),
        mark(300, 331, '票据号码：0000000017'),
        mark(40, 311, '交款人统一社会信用代码：91310000MADEM0011A'),
        mark(300, 291, '开票日期：2026-11-20'),
        mark(40, 201, '金额合计（大写）壹拾元整'),
        mark(300, 201, '（小写）10.00'),
      ],
    ],
    [
      'a medical receipt',
      'fiscal_receipt',
      [
        mark(180, 359, '示例省医疗门诊收费票据（电子）', 18),
        mark(40, 331, '票据代码：31060126'),
        mark(300, 331, '票据号码：0000000018'),
      ],
    ],
    [
      'a list of trips',
      'trip_list',
      [
        mark(180, 359, '示例出行-行程单', 18),
        mark(40, 331, '共1笔行程，合计106.00元'),
        mark(40, 311, '行程起止日期：2026-11-20至2026-11-20'),
      ],
    ],
    [
      'a water bill',
      'utility_bill',
      [
        mark(180, 359, '示例水务水费账单', 18),
        mark(40, 331, '本期应缴：¥106.00'),
        mark(40, 311, '账单日期：2026年11月20日'),
      ],
    ],
  ] as [string, string, Mark[]][])('%s', async (_, document, marks) => {
    const { facts, faults } = await files.read(await writeNamed(sheet(marks)));
    expect(facts).toEqual([{ field: 'document', value: document, source: 'text', confidence: 'certain' }]);
    expect(faults).toEqual([]);
    const [fault, ...more] = agree(facts, INVOICE);
    expect(more).toEqual([]);
    expect(fault).toMatchObject({ code: 'PDF-KIND-01', severity: 'error', pointer: '/invoice/kind' });
  });

  it.each([
    ['an air itinerary', 'air_itinerary', '电子发票（航空运输电子客票行程单）'],
    ['a vehicle invoice', 'vehicle_invoice', '电子发票（机动车销售统一发票）'],
    ['a general invoice', 'general_invoice', '示例市通用电子发票'],
  ])('%s is a doubt, and an error for a merchant that wants it so', async (_, document, title) => {
    const { facts } = await files.read(
      await writeNamed(sheet([mark(180, 359, title, 18), mark(400, 340, '发票号码：26990000000000000017')])),
    );
    expect(facts).toContainEqual({ field: 'document', value: document, source: 'text', confidence: 'certain' });
    expect(facts.some(({ field }) => field === 'kind')).toBe(false);
    const told = (strict: string[]) =>
      pdfFaults({ facts, faults: [] }, { ...INVOICE, number: '26990000000000000017' }, 'full', strict);
    expect(told([])).toMatchObject([{ code: 'PDF-KIND-02', severity: 'warning' }]);
    expect(told(['PDF-KIND-02'])).toMatchObject([{ code: 'PDF-KIND-02', severity: 'error' }]);
  });

  it('an invoice whose remarks speak of such papers is an invoice', async () => {
    const { paper } = paperOf('digital_ordinary', 1, DAY, 1);
    const page = digitalSheet(paper, 'report');
    page.marks.push(mark(30.5, 70, '票据代码：99020026 票据号码：0000000017 行程单 水费账单', 7));
    const { facts } = await files.read(await writeNamed(page));
    expect(facts.some(({ field }) => field === 'document')).toBe(false);
    expect(valuesOf(facts)).toMatchObject({ number: paper.number, fee: paper.gross });
  });
});

describe('lines are told where they are sure', () => {
  const { paper } = paperOf('digital_ordinary', 2, DAY, 1);
  const [line] = paper.lines as [(typeof paper.lines)[0]];

  it('a quantity and a price whose product is not the amount are neither told nor called certain', async () => {
    const page = digitalSheet({ ...paper, lines: [{ ...line, quantity: (line.quantity as number) + 1 }] }, 'report');
    const items = (await files.read(await writeNamed(page))).facts.find(({ field }) => field === 'items');
    expect(items).toMatchObject({ value: [{ name: line.name, price: line.amount }], confidence: 'likely' });
  });

  it.each([
    ['a price of many decimals that is whole 分', 3, '33.3300000000', 9999, { num: 3, price: 3333 }],
    ['a price below a 分: one for the amount', 10_000, '0.003', 3000, { num: 1, price: 3000 }],
    ['a price that whole 分 do not give: one for the amount', 3, '16.72566372', 5018, { num: 1, price: 5018 }],
    ['half a unit', 0.5, '100.00', 5000, { num: 0.5, price: 10000 }],
  ])('%s', async (_, num, price, amount, wanted) => {
    const rest = { quantity: undefined, unitPrice: undefined };
    const page = digitalSheet(
      { ...paper, lines: [{ ...line, ...rest, amount }], net: amount, gross: amount, tax: 0 },
      'report',
    );
    page.marks.push(endingAt(291, 227.4, String(num)), endingAt(361.8, 227.4, price));
    const items = (await files.read(await writeNamed(page))).facts.find(({ field }) => field === 'items');
    expect(items).toMatchObject({ value: [wanted], confidence: 'certain' });
  });

  it('the rows of a second table are no lines of the invoice', async () => {
    const page = digitalSheet(paper, 'report');
    page.marks.push(
      mark(30, 180, '出行人'),
      mark(90, 180, '出行日期'),
      mark(160, 180, '出发地'),
      mark(230, 180, '到达地'),
      mark(300, 180, '等级'),
    );
    page.marks.push(
      mark(30, 166, '示例旅客'),
      mark(90, 166, '2026-11-20'),
      mark(160, 166, '甲市'),
      endingAt(435.4, 166, '88.00'),
    );
    const items = (await files.read(await writeNamed(page))).facts.find(({ field }) => field === 'items');
    expect(items).toMatchObject({ value: [{ name: line.name }], confidence: 'certain' });
    expect(items?.value).toHaveLength(1);
  });
});

describe('an invoice of more than one page', () => {
  const { paper } = paperOf('digital_ordinary', 4, DAY, 4);
  const [first, ...others] = paper.lines as [(typeof paper.lines)[0]];
  const whole = { ...paper, lines: [first] };

  it('goes on where the first page ends, and has its sums on the last', async () => {
    const page1 = digitalSheet(whole, 'report');
    page1.marks = page1.marks.filter(
      ({ y, text }) => y > 130 || y < 100 || /[^合计]/.test(text.replace(/\s/g, '')) === false,
    );
    page1.marks = page1.marks.map((one) => (/^合\s+计$/.test(one.text) ? { ...one, text: '小        计' } : one));
    page1.marks.push(endingAt(435.1, 126.2, yuanOf(first.amount)), endingAt(582.6, 126.2, yuanOf(first.tax)));
    const { facts, faults } = await files.read(
      await writeNamed(page1, digitalSheet({ ...paper, lines: others }, 'report')),
    );
    expect(faults).toEqual([]);
    const text = facts.filter(({ source }) => source === 'text');
    expect(valuesOf(text)).toMatchObject({ fee: paper.gross, feeWithoutTax: paper.net, tax: paper.tax });
    const items = text.find(({ field }) => field === 'items');
    expect(items?.confidence).toBe('certain');
    expect(items?.value).toHaveLength(paper.lines.length);
  });

  it('keeps its own lines where the next page is of another invoice', async () => {
    const { paper: other } = paperOf('digital_ordinary', 5, DAY, 2);
    const { facts } = await files.read(await writeNamed(digitalSheet(paper, 'report'), digitalSheet(other, 'report')));
    expect(valuesOf(facts)).toMatchObject({ number: paper.number, fee: paper.gross });
    expect(facts.find(({ field }) => field === 'items')?.value).toHaveLength(paper.lines.length);
  });
});

test('a red-letter invoice is read with its minus, before or behind the sign of the currency', async () => {
  const { paper } = paperOf('digital_ordinary', 3, DAY, 1);
  for (const sign of ['-¥', '¥-']) {
    const page = digitalSheet({ ...paper, lines: [] }, 'report');
    const money = page.marks.filter(({ text, y }) => y < 127 && y > 109 && /^[¥\d]/.test(text));
    page.marks = page.marks.filter((one) => !money.includes(one));
    const yuan = (fen: number) => sign + (fen / 100).toFixed(2);
    page.marks.push(
      endingAt(435.1, 126.2, yuan(paper.net)),
      endingAt(582.6, 126.2, yuan(paper.tax)),
      mark(452, 110.1, yuan(paper.gross)),
    );
    const { facts } = await files.read(await writeNamed({ ...page, qr: null }));
    const text = facts.filter(({ source }) => source === 'text');
    expect(valuesOf(text)).toMatchObject({ fee: -paper.gross, feeWithoutTax: -paper.net, tax: -paper.tax });
  }
});

function sheet(marks: Mark[]): Sheet {
  return { width: 609, height: 394, marks, rules: [], qr: null };
}

function valuesOf(facts: readonly Fact[]): Record<string, unknown> {
  return Object.fromEntries(bestFacts(facts).map(({ field, value }) => [field, value]));
}
