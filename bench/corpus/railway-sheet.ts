import { yuan } from '../../src/demo/qr-payload';
import type { Paper } from './paper';
import { mark, Sheet } from './sheet';

/** A 铁路电子客票: no table, no seller, a fare; its QR code is drawn and no image. */
export function railwaySheet({ number, day, buyer, gross }: Paper): Sheet {
  const [year, month, date] = day.split('-');
  return {
    width: 609,
    height: 394,
    marks: [
      mark(178, 364, '电子发票（铁路电子客票）', 20),
      mark(26, 340, `发票号码:${number}`, 10),
      mark(432, 340, `开票日期:${year}年${month}月${date}日`, 10),
      mark(96, 300, '示例站', 20),
      mark(270, 300, 'G9999', 18),
      mark(402, 300, '样本站', 20),
      mark(26, 254, `${year}年${month}月${date}日`, 12),
      mark(125, 254, '08:00开', 12),
      mark(220, 254, '05车07F号', 12),
      mark(360, 254, '二等座', 12),
      mark(26, 219, `票价:￥${yuan(gross)}`, 12),
      mark(26, 165, '3100001990****0000', 11),
      mark(213, 165, '示例旅客', 11),
      mark(26, 108, '电子客票号:0000000000000000000002026', 11),
      mark(26, 84, `购买方名称:${buyer.name}`, 10),
      mark(330, 84, `统一社会信用代码:${buyer.taxId ?? ''}`, 10),
    ],
    rules: [],
    qr: { text: `01,51,,${number},${yuan(gross)},${day.replaceAll('-', '')},,`, x: 470, y: 130, side: 80 },
  };
}
