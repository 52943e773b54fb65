import { digitalSheet } from '../../bench/corpus/digital-sheet';
import { Paper, paperOf } from '../../bench/corpus/paper';
import { mark, Mark, Sheet } from '../../bench/corpus/sheet';
import { taxControlSheet } from '../../bench/corpus/tax-control-sheet';
import { writeNamed } from '../../bench/corpus/write-named';
import { bestFacts, Fact } from '../../src/domain/invoice-facts';
import { FileReader } from '../../src/invoice-files/file-reader';

const files = new FileReader({ threads: 1, deadlineMs: 25_000, queue: 100, patienceMs: 60_000 });
afterAll(() => files.close());

const DAY = new Date('2026-11-20T02:00:00Z');
const { paper: digital } = paperOf('digital_ordinary', 11, DAY, 2);
const { paper: legacy } = paperOf('vat_ordinary', 11, DAY, 2);

describe('whose name and number it is', () => {
  it.each([4, 12, 22])('the seller’s block may stand %d points lower or higher than the buyer’s', async (shift) => {
    for (const by of [shift, -shift]) {
      const sheet = moved(digitalSheet(digital, 'report'), ({ x, y }) => x > 298 && y > 255 && y < 300, by);
      expect(partiesIn(await textOf(sheet))).toEqual(certain(digital));
    }
  });

  it('one below the other, whichever comes first, by what their labels say', async () => {
    for (const [first, second] of [
      ['购买方', '销售方'],
      ['销售方', '购买方'],
      ['购方', '销方'],
      ['销方', '购方'],
    ] as const) {
      const party = (side: string) => (side.startsWith('购') ? digital.buyer : digital.seller);
      const sheet = digitalSheet(digital, 'report');
      sheet.marks = sheet.marks.filter(({ y, text }) => y < 255 || y > 300 || text.length > 40);
      sheet.marks.push(...stacked(first, party(first), 296), ...stacked(second, party(second), 274));
      expect(partiesIn(await textOf(sheet))).toEqual(certain(digital));
    }
  });

  it('a third name and number in the remarks are nobody’s, also where the face’s own are no text', async () => {
    for (const sheet of [digitalSheet(digital, 'report'), taxControlSheet(legacy, 'spread')]) {
      sheet.marks.push(mark(375, 70, '名称：示例代付有限公司'), mark(375, 58, '纳税人识别号：91310000MADEM003Y1'));
      expect(JSON.stringify(await textOf(sheet))).not.toMatch(/代付|003Y1/);
      const pictured = { ...sheet, marks: sheet.marks.filter(({ text, y }) => !(y > 240 && /[:：]$/.test(text))) };
      const told = (await textOf(pictured)).filter(({ confidence }) => confidence === 'certain');
      expect(JSON.stringify(told)).not.toMatch(/代付|003Y1|代办/);
    }
  });

  it('an individual without a number leaves the seller’s to the seller', async () => {
    const person: Paper = { ...digital, buyer: { name: '个人' } };
    const sheet = digitalSheet(person, 'report');
    const own = sheet.marks.find(({ text, x }) => text.startsWith('统一') && x < 100);
    sheet.marks = sheet.marks.filter((one) => one !== own && one.text !== '');
    const facts = await textOf(sheet);
    expect(partiesIn(facts)).toEqual({
      title: '个人',
      sellerName: person.seller.name,
      sellerNumber: person.seller.taxId,
    });
  });

  it('a name on two lines, above, below or around its label', async () => {
    const name = '示例供应链管理与信息技术服务(武汉)股份有限公司第一分公司';
    for (const [up, down] of [
      [0, 11],
      [11, 0],
      [5.5, 5.5],
    ] as const) {
      const sheet = digitalSheet(digital, 'report');
      sheet.marks = sheet.marks.filter(({ text }) => text !== digital.buyer.name);
      sheet.marks.push(mark(57, 284.1 + up, name.slice(0, 20)), mark(57, 284.1 - down, name.slice(20)));
      expect(partiesIn(await textOf(sheet))).toMatchObject({ title: name });
    }
  });
});

describe('the words of another paper, of another invoice or of another sum', () => {
  const words = [
    '代订铁路电子客票 票价553.00',
    '另附航空运输电子客票行程单',
    '见机动车销售统一发票',
    '原开具通用机打发票',
    '票据代码：99020026 票据号码：0000000017',
    '水费缴费单 滴滴出行行程单 财政票据',
    '原发票号码：25312000000183259524 原开票日期：2025年01月02日',
    '被红冲蓝字数电发票号码：25312000000183259524',
    '合计 3 页 12.00 1.00',
    '（小写）¥88.00 大写：捌拾捌圆整',
  ];

  it.each(words)('in a remark or a line change nothing: %s', async (text) => {
    for (const paper of [digital, legacy]) {
      const sheet = paper === digital ? digitalSheet(paper, 'report') : taxControlSheet(paper, 'level');
      const plain = valuesOf(await textOf(sheet));
      const remarked = { ...sheet, marks: [...sheet.marks, mark(paper === digital ? 40 : 370, 62, text, 7)] };
      expect(valuesOf(await textOf(remarked))).toEqual(plain);
    }
  });

  it('as the name of what is sold: it is an invoice for that', async () => {
    for (const name of [
      '*软件*通用电子发票系统',
      '*纸制品*通用发票打印纸',
      '*旅游服务*铁路电子客票',
      '*电力*电费账单打印',
    ]) {
      const [line] = digital.lines as [Paper['lines'][0]];
      const sheet = digitalSheet({ ...digital, lines: [{ ...line, name }, ...digital.lines.slice(1)] }, 'report');
      const facts = await textOf(sheet);
      expect(facts.some(({ field }) => field === 'document')).toBe(false);
      expect(valuesOf(facts)).toMatchObject({ number: digital.number, fee: digital.gross });
    }
  });
});

test('what is drawn twice, to look bold, is read once; a watermark across the face is not read', async () => {
  const sheet = digitalSheet(digital, 'report');
  const plain = valuesOf(await textOf(sheet));
  const bold = { ...sheet, marks: [...sheet.marks, ...sheet.marks.map((one) => ({ ...one, x: one.x + 0.3 }))] };
  expect(valuesOf(await textOf(bold))).toEqual(plain);
  const stamped = { ...sheet, marks: [...sheet.marks, mark(160, 284, '仅供报销', 40), mark(300, 126, '已入账', 40)] };
  expect(valuesOf(await textOf(stamped))).toEqual(plain);
});

function stacked(side: string, { name, taxId = '' }: Paper['buyer'], y: number): Mark[] {
  return [mark(30, y, `${side}名称：${name}`), mark(30, y - 11, `纳税人识别号：${taxId}`)];
}

function moved(sheet: Sheet, which: (one: Mark) => boolean, by: number): Sheet {
  return { ...sheet, marks: sheet.marks.map((one) => (which(one) ? { ...one, y: one.y + by } : one)) };
}

async function textOf(sheet: Sheet): Promise<Fact[]> {
  const { facts } = await files.read(await writeNamed({ ...sheet, qr: null }));
  return facts;
}

const PARTIES = ['title', 'buyerNumber', 'sellerName', 'sellerNumber'];

function partiesIn(facts: readonly Fact[]): Record<string, unknown> {
  return valuesOf(facts.filter(({ field, confidence }) => PARTIES.includes(field) && confidence === 'certain'));
}

function certain({ buyer, seller }: Paper): Record<string, unknown> {
  return { title: buyer.name, buyerNumber: buyer.taxId, sellerName: seller.name, sellerNumber: seller.taxId };
}

function valuesOf(facts: readonly Fact[]): Record<string, unknown> {
  return Object.fromEntries(bestFacts(facts).map(({ field, value }) => [field, value]));
}
