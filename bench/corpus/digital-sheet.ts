import { chineseCapitals } from '../../src/demo/chinese-capitals';
import { digitalQrPayload, yuan } from '../../src/demo/qr-payload';
import type { DigitalKind } from '../../src/demo/qr-payload';
import type { Paper } from './paper';
import { box, downwards, endingAt, mark, Mark, Sheet, spread, widthOf } from './sheet';

/** `form`: labels drawn character by character by an office program, entries over them; `report`: label and entry side by side. */
export type DigitalHabit = 'form' | 'report';

/** The face of a 数电票 as the platforms draw it. */
export function digitalSheet(paper: Paper, habit: DigitalHabit, qrText = digitalQrText(paper)): Sheet {
  const special = paper.kind === 'digital_special';
  const title = special ? '电子发票（增值税专用发票）' : '电子发票（普通发票）';
  const label = (x: number, y: number, text: string): Mark => ({ ...mark(x, y, text), apart: habit === 'form' });
  const [year, month, date] = paper.day.split('-');
  return {
    width: 595,
    height: 397,
    marks: [
      { ...mark(special ? 170 : 197.7, 354.4, title, 20), apart: habit === 'form' },
      label(450, 357.6, '发票号码：'),
      mark(496, 357.2, paper.number, 8.5),
      label(450, 344.9, '开票日期：'),
      mark(496, 344.4, `${year}年${month}月${date}日`),
      ...party(16.8, paper.buyer, '购买方信息', label),
      ...party(301.7, paper.seller, '销售方信息', label),
      ...table(paper, label),
      ...sums(paper, label),
      ...downwards(16.8, 79, '备注', 12),
      mark(30.5, 92.9, '名称：示例代办有限公司 合同编号HT-2026-00128', 7),
      label(54.7, 24.6, '开票人：'),
      mark(92, 24.4, '示例'),
    ],
    rules: [
      ...box(12.8, 44, 584, 311.5),
      ...[30, 298, 315].map((x): Sheet['rules'][number] => [x, 249, x, 311.5]),
      ...[249, 124.3, 101].map((y): Sheet['rules'][number] => [12.8, y, 584, y]),
      [157.7, 101, 157.7, 124.3],
      [30, 44, 30, 101],
      ...[345.5, 341.9].map((y): Sheet['rules'][number] => [194.2, y, 401.1, y]),
    ],
    qr: { text: qrText, x: 20, y: 330, side: 52 },
  };
}

export function digitalQrText({ kind, number, gross, day }: Paper): string {
  return digitalQrPayload({ kind: kind as DigitalKind, number, fee: gross, issuedOn: day });
}

type Labelled = (x: number, y: number, text: string) => Mark;

function party(x: number, { name, taxId = '' }: Paper['buyer'], side: string, label: Labelled): Mark[] {
  const id = '统一社会信用代码/纳税人识别号：';
  return [
    ...downwards(x, 295.8, side, 9),
    label(x + 13, 284.5, '名称：'),
    mark(x + 13 + 27, 284.1, name),
    label(x + 13, 269.4, id),
    mark(x + 13 + widthOf(id, 8.6), 268.9, taxId, 10),
  ];
}

const COLUMNS = { unit: 197.7, num: 291, price: 361.8, amount: 435.4, rate: 466.4, tax: 582.6 };

function table({ lines }: Paper, label: Labelled): Mark[] {
  return [
    label(46.5, 240, '项目名称'),
    label(116.2, 240, '规格型号'),
    ...spread(189, 240, '单位', 9),
    ...spread(263, 240, '数量', 9),
    ...spread(332, 240, '单价', 9),
    ...spread(406, 240, '金额', 9),
    label(446.1, 240, '税率/征收率'),
    ...spread(550, 240, '税额', 9),
    ...lines.flatMap(({ name, unit, quantity, unitPrice, amount, rate, tax }, n) => {
      const y = 227.4 - n * 12;
      return [
        mark(12.8, y, name, Math.min(9, (9 * 100) / widthOf(name, 9))),
        ...(unit === undefined ? [] : [mark(COLUMNS.unit, y, unit)]),
        ...(quantity === undefined ? [] : [endingAt(COLUMNS.num, y, String(quantity))]),
        ...(unitPrice === undefined ? [] : [endingAt(COLUMNS.price, y, yuan(unitPrice))]),
        endingAt(COLUMNS.amount, y, yuan(amount)),
        mark(COLUMNS.rate, y, rate),
        endingAt(COLUMNS.tax, y, rate === '0%' ? '***' : yuan(tax)),
      ];
    }),
  ];
}

/** The sign of the currency and the amount are often drawn apart. */
function sums({ net, tax, gross }: Paper, label: Labelled): Mark[] {
  const amount = (right: number, y: number, fen: number): Mark[] => {
    const digits = endingAt(right, y, yuan(fen));
    return [mark(digits.x - 5.5, y, '¥', 11), digits];
  };
  return [
    label(69.2, 128.6, '合        计'),
    ...amount(435.1, 126.2, net),
    ...(tax === 0 ? [endingAt(582.6, 126.2, '***')] : amount(582.6, 126.2, tax)),
    label(49, 109.6, '价税合计（大写）'),
    mark(177.2, 110.1, chineseCapitals(gross)),
    label(408.2, 110.3, '（小写）'),
    ...amount(452 + widthOf(yuan(gross), 9), 110.1, gross),
  ];
}
