import { Fault } from '../fault';
import { Invoice, isDigital } from '../invoice';
import { lengthOf } from './characters';
import { checkDamage } from './damaged-texts';
import { broken, Rule } from './rule';

export const TEXTS = {
  remarks: {
    code: 'INVOICE-TEXT-01',
    chapter: 'text',
    severity: 'warning',
    certainty: 'likely',
    source: '乐企 CN-VL1-012：蓝字 450 字；税控开票软件 200 字',
    title: '备注长度：数电票 450 字以内，税控发票 200 字以内',
    titleEn: 'Remarks have at most 450 characters, on a legacy invoice 200',
    preventsErrcodes: [45021],
  },
  cashier: {
    code: 'INVOICE-TEXT-02',
    chapter: 'text',
    severity: 'warning',
    certainty: 'likely',
    source: '国家税务总局公告2024年第11号票样：数电票票面无收款人、复核人',
    title: '数电票没有收款人',
    titleEn: 'A 数电 invoice names no cashier',
    preventsErrcodes: [72082],
  },
} as const satisfies Record<string, Rule>;

/** 备注, 收款人, and what has happened to any text on its way. No text is quoted: all may hold personal data. */
export function checkTexts(invoice: Invoice): Fault[] {
  return [...checkRemarks(invoice), ...checkCashier(invoice), ...checkEveryText(invoice)];
}

function checkRemarks({ remarks = '', kind }: Invoice): Fault[] {
  const limit = isDigital(kind) ? 450 : 200;
  const length = lengthOf(remarks);
  if (length <= limit) return [];
  return [
    broken(
      TEXTS.remarks,
      '/invoice/remarks',
      `备注有 ${length} 个字，超过票面上限 ${limit} 个字。请按票面核对。`,
      `The remarks have ${length} characters, more than the ${limit} of the face. Check them against the invoice.`,
    ),
  ];
}

function checkCashier({ cashier, kind }: Invoice): Fault[] {
  if (!cashier || !isDigital(kind)) return [];
  return [
    broken(
      TEXTS.cashier,
      '/invoice/cashier',
      '数电票票面没有收款人。请删除 cashier。',
      'The face of a 数电 invoice has no cashier. Remove cashier.',
    ),
  ];
}

function checkEveryText(invoice: Invoice): Fault[] {
  const texts: [pointer: string, text: string | undefined, mayHaveLines?: boolean][] = [
    ['/invoice/title', invoice.title],
    ['/invoice/buyer_address_and_phone', invoice.buyerAddressAndPhone, true],
    ['/invoice/buyer_bank_account', invoice.buyerBankAccount, true],
    ['/invoice/seller_address_and_phone', invoice.sellerAddressAndPhone, true],
    ['/invoice/seller_bank_account', invoice.sellerBankAccount, true],
    ['/invoice/remarks', invoice.remarks, true],
    ['/invoice/cashier', invoice.cashier],
    ['/invoice/maker', invoice.maker],
  ];
  invoice.items.forEach(({ name, unit }, i) => {
    texts.push([`/invoice/items/${i}/name`, name], [`/invoice/items/${i}/unit`, unit]);
  });
  return texts.flatMap(([pointer, text, mayHaveLines]) => (text ? checkDamage(pointer, text, mayHaveLines) : []));
}
