import { Line, placeIn, Segment, spaced } from './text-lines';

/** The columns of the table by their heads, in the words of all faces. */
const HEADS = {
  name: ['项目名称', '货物或应税劳务、服务名称', '货物或应税劳务名称', '货物(劳务)名称'],
  unit: ['面积单位', '单位'],
  num: ['数量'],
  price: ['单价'],
  amount: ['金额'],
  rate: ['税率/征收率', '征收率', '税率'],
  tax: ['税额'],
  // 规格型号, and what stands between name and amount on faces for tolls, freight, travel, buildings and land.
  other: [
    ...['规格型号', '车牌号', '类型', '通行日期起', '通行日期止', '建筑服务发生地', '建筑项目名称', '起运地', '到达地'],
    ...['产权证书/不动产权证号', '不动产权证号', '不动产地址', '租赁期起止', '车种车号', '运输货物信息'],
  ],
} as const;

export type Column = keyof typeof HEADS;
const PATTERNS = Object.entries(HEADS).map(
  ([column, words]) => [column as Column, new RegExp(words.map(spaced).join('|'), 'g')] as const,
);

export interface Head {
  column: Column;
  left: number;
  right: number;
}

export interface Table {
  /** Above and below the lines of the invoice. */
  top: number;
  bottom: number;
  heads: Head[];
  rows: Line[];
}

/** What ends the lines of a page: its sum, or that of all pages. No item's name goes on so. */
const TOTAL = /(^|\s)[合小]\s*计(?=$|[\s¥\d*:(（-])(?!\s*[(（])/;
/** The heads of a second table within the first (旅客运输, 货物运输 …), of which there are several on its line. */
const SECOND_TABLE =
  /出行人|有效身份证件|出行日期|出发地|到达地|交通工具|运输工具种类|运输工具牌号|起运地|车辆识别代号|车架号|发动机号/g;

/** Where the lines of the invoice are. Null: there is no table. */
export function tableIn(lines: readonly Line[]): Table | null {
  const top = lines.findIndex((line) => headsOf(line).length >= 4);
  if (top < 0) return null;
  const heads = headsOf(lines[top] as Line);
  const rest = lines.slice(top + 1);
  const total = rest.findIndex((line) => isTotal(line, heads));
  const bottom = total < 0 ? rest.length : total;
  const second = rest.findIndex(({ text }) => new Set(text.replace(/\s/g, '').match(SECOND_TABLE) ?? []).size >= 2);
  return {
    top: (lines[top] as Line).y,
    bottom: rest[bottom]?.y ?? -Infinity,
    heads,
    rows: rest.slice(0, second >= 0 ? Math.min(second, bottom) : bottom),
  };
}

/** The words stand left of the amounts. */
function isTotal(line: Line, heads: readonly Head[]): boolean {
  const found = TOTAL.exec(line.text);
  const amounts = heads.find(({ column }) => column === 'amount');
  return found !== null && (!amounts || placeIn(line, found.index + (found[1] ?? '').length).x < amounts.left);
}

function headsOf(line: Line): Head[] {
  if (!/额/.test(line.text)) return [];
  const heads = PATTERNS.flatMap(([column, pattern]) =>
    [...line.text.matchAll(pattern)].map((found) => {
      const left = placeIn(line, found.index).x;
      const last = placeIn(line, found.index + found[0].length - 1);
      const own = line.segments[last.segment] as Segment;
      return { column, left, right: own.places[last.at + 1] ?? own.right };
    }),
  ).sort((a, b) => a.left - b.left || b.right - a.right);
  // 征收率 is part of 税率/征收率, 单位 of 面积单位.
  return heads.filter((head, n) => n === 0 || head.left >= (heads[n - 1] as Head).right - 1);
}
