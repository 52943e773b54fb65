import { Fault } from '../fault';
import { Invoice, isDigital } from '../invoice';
import { hiddenAt, lengthOf } from './characters';
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
  hidden: {
    code: 'INVOICE-TEXT-03',
    chapter: 'text',
    severity: 'warning',
    certainty: 'likely',
    source: 'Unicode 通用类别 Cc、Cf、Cs；微信 72017 抬头须逐字相同',
    title: '文字不含不可见字符',
    titleEn: 'Texts hold no invisible characters',
    preventsErrcodes: [72017, 47001],
  },
} as const satisfies Record<string, Rule>;

/** 备注, 收款人, and what the eye does not see in any text. No text is quoted: all may hold personal data. */
export function checkTexts(invoice: Invoice): Fault[] {
  return [...checkRemarks(invoice), ...checkCashier(invoice), ...checkHidden(invoice)];
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

function checkHidden(invoice: Invoice): Fault[] {
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
  return texts.flatMap(([pointer, text, mayHaveLines]) => {
    const at = text ? hiddenAt(text, mayHaveLines) : 0;
    return at > 0 ? [hidden(pointer, at)] : [];
  });
}

function hidden(pointer: string, at: number): Fault {
  return broken(
    TEXTS.hidden,
    pointer,
    `第 ${at} 个字符不可见（控制字符或零宽字符），多由复制粘贴带入。请删除。`,
    `Character ${at} is invisible (a control or zero-width character), often pasted along. Remove it.`,
  );
}
