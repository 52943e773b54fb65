import { Fault, fault, warning } from '../fault';
import { Invoice, InvoiceItem } from '../invoice';

/** 商品明细. WeChat takes name and price of each line and shows them on the card. */
export function checkItems(invoice: Invoice): Fault[] {
  const faults = invoice.items.flatMap((item, index) => checkItem(item, `/invoice/items/${index}`));
  return faults.length > 0 ? faults : checkSum(invoice);
}

function checkItem(item: InvoiceItem, pointer: string): Fault[] {
  const faults: Fault[] = [];
  if (item.name.trim() === '') {
    faults.push(
      fault('INVOICE-ITEM-01', `${pointer}/name`, '项目名称不能为空。', 'The name of the line must not be empty.'),
    );
  } else if (!/^\*[^*]+\*.+/.test(item.name)) {
    faults.push(
      warning(
        'INVOICE-ITEM-02',
        `${pointer}/name`,
        '项目名称应为 *税收分类简称*商品名称，如 *餐饮服务*餐饮服务。',
        'The name of a line is *tax category*name, e.g. *餐饮服务*餐饮服务.',
      ),
    );
  }
  if (item.num !== undefined && !(item.num > 0)) {
    faults.push(
      fault(
        'INVOICE-ITEM-03',
        `${pointer}/num`,
        '数量必须大于 0；折扣行请把单价写成负数。',
        'The quantity must be above zero; a discount line has a negative price.',
      ),
    );
  }
  return faults;
}

/**
 * Σ price × num must meet one of the two totals: WeChat does not say whether price is tax exclusive. A face's unit price
 * has up to 13 decimals, so rounding it to 分 moves a line by up to half a 分 a unit.
 */
function checkSum({ items, fee, feeWithoutTax }: Invoice): Fault[] {
  if (items.length === 0) return [];
  const sum = items.reduce((total, { price, num = 1 }) => total + price * num, 0);
  const tolerance = items.reduce((total, { num = 1 }) => total + Math.max(1, num), 0);
  if (Math.abs(sum - feeWithoutTax) <= tolerance || Math.abs(sum - fee) <= tolerance) return [];
  const shown = Math.round(sum);
  return [
    fault(
      'INVOICE-ITEM-04',
      '/invoice/items',
      `明细合计 ${shown} 分，既不等于不含税金额 ${feeWithoutTax} 分，也不等于价税合计 ${fee} 分。单价单位是分，所有行须同为含税或不含税。`,
      `The lines sum up to ${shown} 分, neither fee_without_tax ${feeWithoutTax} nor fee ${fee}. Prices are 分 per unit, all lines with tax or all without.`,
    ),
  ];
}
