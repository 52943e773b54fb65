import { Fault } from '../fault';
import { Invoice } from '../invoice';
import { BUYER } from './buyer.rules';
import { describeId } from './characters';
import { broken, Rule } from './rule';
import { hasIdShape, innerPartsAgree, isOnlyResidentId, isPlaceholder, isResidentId, usccProblem } from './taxpayer-id';

/** 购买方纳税人识别号. It may be a person's id: it is never quoted, not even in part. */
export function checkBuyer({ buyerNumber, buyerType, kind }: Invoice): Fault[] {
  const special = kind === 'digital_special' || kind === 'vat_special';
  const faults = special && buyerType === 'individual' ? [specialForPerson()] : [];
  if (buyerNumber === undefined || buyerNumber === '') {
    return special || buyerType === 'enterprise' ? [...faults, missing(special)] : faults;
  }
  if (!hasIdShape(buyerNumber)) return [...faults, misshapen(buyerNumber)];
  if (isPlaceholder(buyerNumber)) return [...faults, placeholder(buyerNumber, buyerType)];
  return [...faults, ...checkId(buyerNumber, buyerType)];
}

function placeholder(id: string, buyerType: Invoice['buyerType']): Fault {
  const ofEnterprise = id.length === 18 ? BUYER.uscc : BUYER.shape;
  return said(
    buyerType === 'enterprise' ? ofEnterprise : BUYER.doubtful,
    `这里是 ${id.length} 个 ${id.charAt(0)}，是占位而不是纳税人识别号。请按票面填写；票面没有时留空，并核对 buyer_type。`,
    `This is ${id.length} times ${id.charAt(0)}: a placeholder, no taxpayer id. Copy the id from the invoice; if it has none, leave it empty and check buyer_type.`,
  );
}

function specialForPerson(): Fault {
  return said(
    BUYER.specialForPerson,
    '专用发票的购买方不是自然人。请核对 buyer_type 与票种。',
    'The buyer of a special invoice is not a natural person. Check buyer_type and the kind.',
  );
}

/** 公告2017年第16号: an enterprise needs its id on an ordinary invoice; a 专票 always carries one. */
function missing(special: boolean): Fault {
  return special
    ? said(
        BUYER.required,
        '专用发票必须有购买方纳税人识别号。请按票面填写 buyer_number。',
        'A special invoice always carries the buyer’s taxpayer id. Give buyer_number.',
      )
    : said(
        BUYER.required,
        '购买方为企业时必须有纳税人识别号。请填写 buyer_number；若购买方不是企业，请改 buyer_type。',
        'An enterprise buyer needs its taxpayer id. Give buyer_number; if the buyer is no enterprise, change buyer_type.',
      );
}

function misshapen(id: string): Fault {
  const [found, foundEn] = describeId(id);
  return said(
    BUYER.shape,
    `纳税人识别号应为 15、17、18 或 20 位数字或大写字母，不含空格，这里是 ${found}。请按票面核对。`,
    `A taxpayer id has 15, 17, 18 or 20 digits or capital letters, without blanks; this is ${foundEn}. Check it against the invoice.`,
  );
}

function checkId(id: string, buyerType: Invoice['buyerType']): Fault[] {
  if (buyerType === 'individual' && isResidentId(id)) return [personal()];
  if (id.length === 18) return checkEighteen(id, buyerType);
  if (id.length === 20 && !isResidentId(id.slice(0, 18))) {
    return [
      said(
        BUYER.doubtful,
        '20 位识别号的前 18 位应是有效的居民身份证号，这里不是。请核对。',
        'The first 18 of 20 characters should be a valid resident id; these are not. Please check.',
      ),
    ];
  }
  return id.length === 15 && !innerPartsAgree(id) ? [inner()] : [];
}

function checkEighteen(id: string, buyerType: Invoice['buyerType']): Fault[] {
  const problem = usccProblem(id);
  const resident = isOnlyResidentId(id);
  if (problem === 'none' && !resident) return innerPartsAgree(id) ? [] : [inner()];
  if (resident && buyerType === 'sole_trader') return [];
  if (buyerType !== 'enterprise') {
    return [
      said(
        BUYER.doubtful,
        `识别号既不是有效的统一社会信用代码${resident ? '（是居民身份证号）' : '，也不是有效的居民身份证号'}。请核对，或留空。`,
        `The id is no valid credit code${resident ? ' but a resident id' : ' and no valid resident id'}. Check it, or leave it out.`,
      ),
    ];
  }
  const [what, whatEn] = resident
    ? [
        '这是居民身份证号：购买方若是个人或个体工商户，请改 buyer_type',
        'it is a resident id: for a person or sole trader change buyer_type',
      ]
    : usccFound(problem);
  return [
    said(
      BUYER.uscc,
      `购买方为企业，识别号须为有效的统一社会信用代码：${what}。请按营业执照核对。`,
      `The id of an enterprise must be a valid unified social credit code: ${whatEn}. Check it against the business licence.`,
    ),
  ];
}

/** Where a 统一社会信用代码 is wrong. */
export function usccFound(problem: 'none' | 'check' | number): [zh: string, en: string] {
  return problem === 'check'
    ? [
        '第 18 位校验字符不符，其中至少有一位抄错',
        'the check character (18th) does not fit, so at least one character is wrong',
      ]
    : [
        `第 ${problem} 位是 I、O、S、V、Z 之一，代码中没有这些字母（可能是 1、0、5、2）`,
        `character ${problem} is one of I, O, S, V, Z, which no code has (perhaps 1, 0, 5 or 2)`,
      ];
}

function inner(): Fault {
  return said(
    BUYER.inner,
    '识别号中的行政区划或组织机构代码校验位不符。请核对。',
    'The region or the organisation code inside the id does not fit its check character. Please check.',
  );
}

function personal(): Fault {
  return said(
    BUYER.personal,
    '个人发票不需要身份证号，这是敏感个人信息。建议 buyer_number 留空。',
    'An individual’s invoice needs no resident id, which is sensitive personal data. Better leave buyer_number empty.',
  );
}

function said(rule: Rule, message: string, messageEn: string): Fault {
  return broken(rule, '/invoice/buyer_number', message, messageEn);
}
