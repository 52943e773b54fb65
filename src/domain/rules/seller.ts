import { Fault } from '../fault';
import { Invoice } from '../invoice';
import { usccFound } from './buyer';
import { describeId } from './characters';
import { broken, Rule } from './rule';
import { hasIdShape, innerPartsAgree, isOnlyResidentId, isPlaceholder, usccProblem } from './taxpayer-id';

export const SELLER = {
  shape: {
    code: 'INVOICE-SELLER-01',
    chapter: 'seller',
    severity: 'error',
    certainty: 'certain',
    source: '国家税务总局公告2015年第66号；GB 32100-2015',
    title: '销售方识别号为 15、17、18 或 20 位数字或大写字母',
    titleEn: 'The seller’s id has 15, 17, 18 or 20 digits or capitals',
    preventsErrcodes: [72031, 45021],
  },
  uscc: {
    code: 'INVOICE-SELLER-02',
    chapter: 'seller',
    severity: 'error',
    certainty: 'certain',
    source: 'GB 32100-2015：模 31 校验',
    title: '销售方的 18 位识别号是有效的统一社会信用代码',
    titleEn: 'The seller’s 18 characters are a valid unified social credit code',
    preventsErrcodes: [72047, 72082, 72093],
  },
  inner: {
    code: 'INVOICE-SELLER-03',
    chapter: 'seller',
    severity: 'warning',
    certainty: 'likely',
    source: 'GB 11714-1997；GB/T 2260',
    title: '销售方识别号内的区划与组织机构代码相符',
    titleEn: 'Region and organisation code inside the seller’s id are right',
    preventsErrcodes: [72093],
  },
  older: {
    code: 'INVOICE-SELLER-04',
    chapter: 'seller',
    severity: 'warning',
    certainty: 'likely',
    source: '国家税务总局公告2015年第66号：三证合一后为 18 位',
    title: '销售方识别号为 18 位',
    titleEn: 'The seller’s id has 18 characters',
    preventsErrcodes: [72093],
  },
} as const satisfies Record<string, Rule>;

/** 销售方纳税人识别号; optional for WeChat. A sole trader's may hold a person's id: it is never quoted. */
export function checkSeller({ sellerNumber: id }: Invoice): Fault[] {
  if (id === undefined || id === '') return [];
  if (!hasIdShape(id)) {
    const [found, foundEn] = describeId(id);
    return [
      said(
        SELLER.shape,
        `销售方识别号应为 15、17、18 或 20 位数字或大写字母，不含空格，这里是 ${found}。请按票面核对。`,
        `The seller’s id has 15, 17, 18 or 20 digits or capital letters, without blanks; this is ${foundEn}. Check it against the invoice.`,
      ),
    ];
  }
  if (isPlaceholder(id)) return [placeholder(id)];
  if (id.length !== 18) {
    return [
      said(
        SELLER.older,
        `销售方识别号有 ${id.length} 位，现行统一社会信用代码为 18 位。请核对。`,
        `The seller’s id has ${id.length} characters; today’s unified social credit code has 18. Please check.`,
      ),
    ];
  }
  const problem = usccProblem(id);
  const resident = isOnlyResidentId(id);
  if (problem === 'none' && !resident) return innerPartsAgree(id) ? [] : [inner()];
  const [what, whatEn] = resident
    ? [
        '这是居民身份证号，自然人代开时请将 seller_number 留空',
        'it is a resident id; for an invoice issued on a person’s behalf leave seller_number empty',
      ]
    : usccFound(problem);
  return [
    said(
      SELLER.uscc,
      `销售方识别号不是有效的统一社会信用代码：${what}。请按营业执照核对。`,
      `The seller’s id is no valid unified social credit code: ${whatEn}. Check it against the business licence.`,
    ),
  ];
}

function placeholder(id: string): Fault {
  return said(
    id.length === 18 ? SELLER.uscc : SELLER.shape,
    `这里是 ${id.length} 个 ${id.charAt(0)}，是占位而不是销售方识别号。请按票面填写，或留空。`,
    `This is ${id.length} times ${id.charAt(0)}: a placeholder, no taxpayer id. Copy it from the invoice, or leave it empty.`,
  );
}

function inner(): Fault {
  return said(
    SELLER.inner,
    '销售方识别号中的行政区划或组织机构代码校验位不符。请核对。',
    'The region or the organisation code inside the seller’s id does not fit its check character. Please check.',
  );
}

function said(rule: Rule, message: string, messageEn: string): Fault {
  return broken(rule, '/invoice/seller_number', message, messageEn);
}
