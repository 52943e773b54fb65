import { Fault } from '../fault';
import { Invoice, InvoiceItem, isDigital } from '../invoice';
import { lengthOf } from './characters';
import { checkDiscounts } from './discounts';
import { ITEMS } from './items.rules';
import { isReadable } from './odd-characters';
import { broken } from './rule';

/** 商品明细. WeChat takes name and price of each line and shows them on the card. */
export function checkItems(invoice: Invoice): Fault[] {
  const { items, kind } = invoice;
  return [
    ...items.flatMap((item, index) => checkItem(item, isDigital(kind), `/invoice/items/${index}`)),
    ...checkDiscounts(items),
    ...(isComparable(invoice) ? checkSum(invoice) : []),
  ];
}

function checkItem(item: InvoiceItem, digital: boolean, pointer: string): Fault[] {
  return [
    ...checkName(item.name, digital, `${pointer}/name`),
    ...checkQuantity(item.num ?? 1, `${pointer}/num`),
    ...checkPrice(item.price, `${pointer}/price`),
  ];
}

function checkName(name: string, digital: boolean, pointer: string): Fault[] {
  if (!isReadable(name)) return [unreadable(name, pointer)];
  const starred = /^\*([^*]+)\*(.+)$/s.exec(name);
  const category = starred?.slice(1).every(isReadable) ? starred : null;
  const faults = category
    ? []
    : [
        broken(
          ITEMS.category,
          pointer,
          '项目名称应为 *税收分类简称*商品名称，如 *餐饮服务*餐饮服务。请按票面填写。',
          'The name of a line is *tax category*name, e.g. *餐饮服务*餐饮服务. Copy it from the invoice.',
        ),
      ];
  const [limit, shortLimit] = digital ? [117, 17] : [90, 17];
  const length = lengthOf(name);
  const short = category ? lengthOf(category[1]!) + 2 : 0;
  if (length <= limit && short <= shortLimit && length - short <= 100) return faults;
  return [
    ...faults,
    broken(
      ITEMS.length,
      pointer,
      `项目名称有 ${length} 个字${short ? `（其中分类简称连星号 ${short} 个字）` : ''}；上限 ${limit} 个字，简称连星号 ${shortLimit} 个字，名称 100 个字。请按票面核对。`,
      `The name has ${length} characters${short ? ` (its category with asterisks ${short})` : ''}; the limits are ${limit}, ${shortLimit} for the category and 100 for the rest. Check it against the invoice.`,
    ),
  ];
}

function unreadable(name: string, pointer: string): Fault {
  const [zh, en] =
    name.trim() === '' ? ['不能为空', 'must not be empty'] : ['没有可见的字', 'has nothing that can be seen'];
  return broken(
    ITEMS.name,
    pointer,
    `项目名称${zh}。请按票面填写。`,
    `The name of the line ${en}. Copy it from the invoice.`,
  );
}

function checkQuantity(num: number, pointer: string): Fault[] {
  if (!(num > 0) || !Number.isFinite(num)) {
    return [
      broken(
        ITEMS.quantity,
        pointer,
        '数量必须大于 0；折扣行请把单价写成负数。',
        'The quantity must be above zero; a discount line has a negative price.',
      ),
    ];
  }
  if (Number.isInteger(num)) return [];
  return [
    broken(
      ITEMS.fraction,
      pointer,
      `数量 ${num} 不是整数，微信是否接受小数未公布。可改为数量 1，单价填该行金额。`,
      `The quantity ${num} is not whole; WeChat does not say whether it takes fractions. You may send quantity 1 with the amount of the line as price.`,
    ),
  ];
}

function checkPrice(price: number, pointer: string): Fault[] {
  if (!Number.isSafeInteger(price)) {
    return [
      broken(
        ITEMS.price,
        pointer,
        '单价必须是整数，单位是分（10.60 元写 1060）。请换算后重发。',
        'The price must be a whole number of 分 (10.60 yuan is 1060). Convert it.',
      ),
    ];
  }
  if (price !== 0) return [];
  return [
    broken(
      ITEMS.zeroPrice,
      pointer,
      '单价是 0 分。不足 1 分的单价请改为数量 1、单价填该行金额。',
      'The price is 0. Where a unit costs less than one 分, send quantity 1 with the amount of the line as price.',
    ),
  ];
}

function isComparable({ items, fee, feeWithoutTax }: Invoice): boolean {
  const countable = ({ price, num = 1 }: InvoiceItem) => Number.isSafeInteger(price) && num > 0 && num < Infinity;
  return items.length > 0 && [fee, feeWithoutTax].every(Number.isSafeInteger) && items.every(countable);
}

/**
 * Σ price × num must meet one of the two totals: WeChat does not say whether price is tax exclusive. A face's unit price
 * has up to 13 decimals, so rounding it to 分 moves a line by up to half a 分 a unit, and the line itself is rounded.
 */
function checkSum({ items, fee, feeWithoutTax }: Invoice): Fault[] {
  let sum = 0;
  let tolerance = 0;
  for (const { price, num = 1 } of items) {
    sum += price * num;
    tolerance += Math.max(1, num);
  }
  if (Math.abs(sum - feeWithoutTax) <= tolerance || Math.abs(sum - fee) <= tolerance) return [];
  const shown = Math.round(sum);
  const [hint, hintEn] = unitHint(sum, tolerance, [feeWithoutTax, fee]);
  return [
    broken(
      ITEMS.sum,
      '/invoice/items',
      `明细合计 ${shown} 分，既不等于不含税金额 ${feeWithoutTax} 分，也不等于价税合计 ${fee} 分。${hint}`,
      `The lines sum up to ${shown} 分, neither fee_without_tax ${feeWithoutTax} nor fee ${fee}. ${hintEn}`,
    ),
  ];
}

/** Lines and totals that are apart by a factor of a hundred: one of both is in yuan. */
function unitHint(sum: number, tolerance: number, totals: number[]): [zh: string, en: string] {
  if (totals.some((total) => Math.abs(sum - total * 100) <= tolerance)) {
    return [
      '合计金额看起来是元、单价是分：请把 fee、fee_without_tax、tax 换算成分（乘以 100）。',
      'The totals look like yuan and the prices like 分: multiply fee, fee_without_tax and tax by 100.',
    ];
  }
  if (totals.some((total) => Math.abs(sum * 100 - total) <= tolerance)) {
    return [
      '单价看起来是元、合计金额是分：请把各行 price 换算成分（乘以 100）。',
      'The prices look like yuan and the totals like 分: multiply each price by 100.',
    ];
  }
  return ['单价单位是分，所有行须同为含税或不含税。', 'Prices are 分 per unit, all lines with tax or all without.'];
}
