import { chineseCapitals } from '../../src/demo/chinese-capitals';
import { crc16Buypass, yuan } from '../../src/demo/qr-payload';
import type { Paper } from './paper';
import { box, downwards, endingAt, mark, Mark, sealed, Sheet, spread } from './sheet';

/**
 * `level`: labels whole and dates filled into a printed 年 月 日; `spread`: labels whose characters stand apart and at
 * heights of their own, dates drawn piece by piece.
 */
export type Habit = 'level' | 'spread';

const CIPHER = [
  '0696/79+6663/1*8*0462405794',
  '<>9200518*10-0<9>051-736759',
  '+0+72243>6>-817</15<*25<>70',
  '52>6>/6200518*10-0<9>057267',
];

/** The face of a 税控 invoice (电子普票, 电子专票 or 通行费): form and entries a little out of level, as printers leave them. */
export function taxControlSheet(paper: Paper, habit: Habit): Sheet {
  const title = { vat_special: '示例增值税电子专用发票' }[paper.kind as string] ?? '示例增值税电子普通发票';
  return {
    width: 609,
    height: 394,
    marks: [
      mark(190, 353, title, 20),
      ...sealed(306, 338, 30, '全国统一发票监制章'),
      ...head(paper, habit),
      ...buyer(paper, habit),
      ...(paper.kind === 'toll' ? tollTable(paper) : table(paper, habit)),
      ...sums(paper),
      ...foot(paper, habit),
    ],
    rules: rules(paper.kind === 'toll'),
    qr: { text: qrText(paper), x: 24, y: 328, side: 58 },
  };
}

function qrText({ code, number, net, day, checkCode, kind }: Paper): string {
  const type = kind === 'vat_special' ? '08' : '10';
  const covered = `01,${type},${code},${number},${yuan(net)},${day.replaceAll('-', '')},${checkCode},`;
  return `${covered}${crc16Buypass(covered)},`;
}

function head({ code, number, day, checkCode }: Paper, habit: Habit): Mark[] {
  const [year = '', month = '', date = ''] = day.split('-');
  const groups = checkCode.match(/.{5}/g)?.join(' ') ?? '';
  return [
    mark(434.9, 373.4, '发票代码:'),
    mark(480, 374, code),
    mark(434.8, 355.9, '发票号码:'),
    mark(480, 356, number),
    mark(434.3, 338.7, '开票日期:'),
    ...(habit === 'level'
      ? [
          ...[mark(480, 339, year), mark(506, 339, month), mark(525, 339, date)],
          ...[mark(497.5, 338.6, '年'), mark(515.5, 338.9, '月'), mark(534.5, 338.7, '日')],
        ]
      : [mark(480, 338.7, `${year}年${month}月${date}日`)]),
    ...(habit === 'level'
      ? [mark(434.6, 321, '校 验 码:')]
      : [...spread(432, 321, '校验', 4.5, 0.35), mark(459, 320.2, '码:')]),
    mark(480, 321, groups),
    mark(31.1, 321.1, '机器编号:'),
    mark(76, 322, '661900000000'),
  ];
}

function party(y: number, { name, taxId = '' }: Paper['buyer'], habit: Habit, address: string): Mark[] {
  return [
    ...(habit === 'level' ? [mark(48.3, y - 0.5, '名　　　　称:')] : [mark(48, y, '名'), mark(93, y - 0.3, '称:')]),
    mark(110, y, name),
    mark(48.5, y - 15.7, '纳税人识别号:'),
    mark(110, y - 15, taxId, 12),
    ...(habit === 'level'
      ? [mark(48.4, y - 30.7, '地 址、电 话:')]
      : [mark(48.2, y - 29, '地 址、'), mark(80, y - 29.3, '电 话:')]),
    mark(110, y - 30, address, 7),
    mark(48.4, y - 45.9, '开户行及账号:'),
    mark(110, y - 45, '示例银行示例支行 1001234509200567890', 7),
  ];
}

function buyer(paper: Paper, habit: Habit): Mark[] {
  return [
    ...downwards(28.7, 292.8, '购买方', 15.5),
    ...party(300, paper.buyer, habit, '示例市示例路一号 021-55550100'),
    ...downwards(351.5, 296.4, '密码区', 19),
    ...CIPHER.map((text, n) => mark(380.8, 298 - n * 15, text, 12)),
  ];
}

function table({ lines }: Paper, habit: Habit): Mark[] {
  const heads: Mark[] = [
    mark(44, 238.6, '货物或应税劳务、服务名称'),
    mark(180.4, 238.8, '规格型号'),
    mark(226.7, 238.9, '单位'),
    ...(habit === 'level' ? [mark(270.8, 238.4, '数 量')] : spread(275, 238, '数量', 9)),
    ...(habit === 'level' ? [mark(334, 238.2, '单 价')] : spread(344, 238, '单价', 9)),
    ...(habit === 'level' ? [mark(423.4, 238.2, '金 额')] : spread(423, 238, '金额', 9)),
    mark(479, 238.5, '税率'),
    ...(habit === 'level' ? [mark(536.8, 238.3, '税 额')] : spread(537, 238, '税额', 9)),
  ];
  const size = lines.length > 5 ? 11 : 12;
  return [
    ...heads,
    ...lines.flatMap(({ name, unit = '', quantity, unitPrice, amount, rate, tax }, n) => {
      const y = 225 - n * size;
      return [
        mark(27, y, name, 7.5),
        mark(232, y, unit),
        ...(quantity === undefined ? [] : [endingAt(320, y, String(quantity))]),
        ...(unitPrice === undefined ? [] : [endingAt(390, y, yuan(unitPrice))]),
        endingAt(479.5, y, yuan(amount)),
        mark(486.5, y, rate),
        endingAt(591.5, y, rate === '0%' ? '***' : yuan(tax)),
      ];
    }),
  ];
}

function tollTable({ lines, day }: Paper): Mark[] {
  const compact = day.replaceAll('-', '');
  return [
    mark(67.8, 237.9, '项目名称'),
    mark(180.8, 237.9, '车牌号'),
    mark(249.8, 237.9, '类型'),
    mark(281.8, 237.9, '通行日期起'),
    mark(337.8, 237.9, '通行日期止'),
    mark(416.8, 237.9, '金　额'),
    mark(479.8, 237.9, '税率'),
    mark(530.8, 237.9, '税　额'),
    ...lines.flatMap(({ name, amount, rate, tax }, n) => [
      mark(24.8, 225.3 - n * 12, name),
      mark(149.8, 225.3 - n * 12, '示A00000'),
      mark(249.3, 225.3 - n * 12, '货车'),
      mark(284.3, 225.3 - n * 12, compact),
      mark(341.3, 225.3 - n * 12, compact),
      endingAt(469.8, 225.3 - n * 12, yuan(amount)),
      mark(489.8, 225.3 - n * 12, rate),
      endingAt(588.9, 225.3 - n * 12, yuan(tax)),
    ]),
  ];
}

function sums({ net, tax, gross }: Paper): Mark[] {
  return [
    mark(61.2, 128.7, '合'),
    mark(101.7, 128.7, '计'),
    endingAt(478, 126, `¥${yuan(net)}`, 11),
    endingAt(590, 126, tax === 0 ? '***' : `¥${yuan(tax)}`, 11),
    mark(61.4, 110, '价税合计(大写)'),
    mark(190, 110, chineseCapitals(gross)),
    mark(445, 110.2, '(小写)'),
    mark(478, 110, `¥${yuan(gross)}`, 11),
  ];
}

function foot(paper: Paper, habit: Habit): Mark[] {
  return [
    ...downwards(29.5, 84.2, '销售方', 14),
    ...party(91, paper.seller, habit, '示例市样例路二号 021-55550200'),
    mark(351.3, 84.1, '备'),
    mark(351.2, 53.9, '注'),
    // A third name and number, which are nobody's.
    mark(370, 92, '名称:示例代办有限公司', 7),
    mark(370, 82, '纳税人识别号:91310000MADEM003Y1', 7),
    ...[mark(32.9, 30.3, '收款人:'), mark(70, 30, '示例'), mark(191.9, 29.6, '复核:'), mark(218, 30, '样例')],
    ...[mark(314, 29.9, '开票人:'), mark(350, 30, '示例'), mark(436.3, 29.9, '销售方:(章)')],
  ];
}

function rules(toll: boolean): Sheet['rules'] {
  const columns = toll ? [145, 240, 276, 333, 390, 475, 506] : [175.5, 219, 254, 320, 391, 480, 503.5];
  return [
    ...box(22.5, 44.9, 592.6, 310.2),
    ...columns.map((x): Sheet['rules'][number] => [x, 124, x, 250]),
    ...[250, 124.7, 101.4].map((y): Sheet['rules'][number] => [22.6, y, 592.6, y]),
    ...[42, 349, 363].map((x): Sheet['rules'][number] => [x, 250, x, 310]),
    ...[45, 347.5, 362.5].map((x): Sheet['rules'][number] => [x, 45, x, 101.4]),
    [196, 340, 418, 340],
  ];
}
