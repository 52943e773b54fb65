import { Fault } from '../fault';
import { Invoice, isDigital } from '../invoice';
import { gbkLength, lengthOf } from './characters';
import { isReadable } from './odd-characters';
import { broken, Rule } from './rule';

export const TITLE = {
  empty: {
    code: 'INVOICE-TITLE-01',
    chapter: 'title',
    severity: 'error',
    certainty: 'certain',
    source: '微信《将电子发票卡券插入用户卡包》：title 为发票的抬头；《发票管理办法》',
    title: '抬头不为空，有可见的字',
    titleEn: 'The title is not empty and can be seen',
    preventsErrcodes: [72017, 72031, 40101, 41011],
  },
  brackets: {
    code: 'INVOICE-TITLE-02',
    chapter: 'title',
    severity: 'error',
    certainty: 'likely',
    source: '乐企与开票软件字段规范：名称不含 < >',
    title: '抬头不含 < 或 >',
    titleEn: 'The title has no < or >',
    preventsErrcodes: [72017, 47001],
  },
  length: {
    code: 'INVOICE-TITLE-03',
    chapter: 'title',
    severity: 'warning',
    certainty: 'likely',
    source: '电子税务局 150 字；税控开票软件 100 字节（GBK）',
    title: '抬头长度：数电票 150 字以内，税控发票 100 字节以内',
    titleEn: 'The title has at most 150 characters, on a legacy invoice 100 bytes of GBK',
    preventsErrcodes: [45021],
  },
  company: {
    code: 'INVOICE-TITLE-04',
    chapter: 'title',
    severity: 'warning',
    certainty: 'likely',
    source: '国家税务总局公告2017年第16号：企业须有纳税人识别号',
    title: '个人抬头不像单位名称',
    titleEn: 'The title of an individual does not look like an organisation',
    preventsErrcodes: [72017],
  },
  person: {
    code: 'INVOICE-TITLE-05',
    chapter: 'title',
    severity: 'warning',
    certainty: 'likely',
    source: '开票惯例：自然人抬头写“个人”',
    title: '“个人”抬头的购买方是个人',
    titleEn: 'The title 个人 belongs to an individual',
    preventsErrcodes: [72017],
  },
  blanks: {
    code: 'INVOICE-TITLE-06',
    chapter: 'title',
    severity: 'warning',
    certainty: 'likely',
    source: '微信 72017 抬头不一致：抬头须与用户授权的逐字相同',
    title: '抬头首尾没有空白',
    titleEn: 'The title neither begins nor ends with blanks',
    preventsErrcodes: [72017],
  },
} as const satisfies Record<string, Rule>;

const ORGANISATION =
  /公司|企业|集团|合作社|事务所|商行|商店|超市|酒店|宾馆|经营部|门市部|工作室|工厂|厂$|医院|学校|大学|学院|委员会|银行|协会|学会|基金会|研究院|研究所|中心|分行|支行|Co\.,? ?Ltd|\bInc\b|\bLLC\b/i;

/** 抬头. A person's title is personal data: it is never quoted. */
export function checkTitle({ title, buyerType, kind }: Invoice): Fault[] {
  if (!isReadable(title)) return [unreadable(title)];
  const faults: Fault[] = [];
  if (/[<>]/.test(title)) {
    faults.push(
      said(
        TITLE.brackets,
        '发票抬头不能含 < 或 >。请按票面填写。',
        'The title must not contain < or >. Copy it from the invoice.',
      ),
    );
  }
  faults.push(...checkLength(title, kind));
  if (buyerType === 'individual' && ORGANISATION.test(title)) {
    faults.push(
      said(
        TITLE.company,
        '抬头像单位名称，购买方类型却是个人（未填纳税人识别号时的默认值）。若是企业，请填 buyer_type 与 buyer_number。',
        'The title looks like an organisation, yet the buyer is an individual (the default without a taxpayer id). For an enterprise give buyer_type and buyer_number.',
      ),
    );
  }
  if (title === '个人' && buyerType !== 'individual' && buyerType !== 'sole_trader') {
    faults.push(
      said(
        TITLE.person,
        `抬头是“个人”，购买方类型却是 ${buyerType}（填了纳税人识别号时默认为 enterprise）。请核对 buyer_type。`,
        `The title is 个人, yet the buyer type is ${buyerType} (the default with a taxpayer id is enterprise). Check buyer_type.`,
      ),
    );
  }
  if (title !== title.trim()) {
    faults.push(
      said(
        TITLE.blanks,
        '抬头首尾有空白，可能与用户授权的抬头不一致。请删除。',
        'The title begins or ends with blanks, so it may differ from the authorised one. Remove them.',
      ),
    );
  }
  return faults;
}

function unreadable(title: string): Fault {
  const [zh, en] =
    title.trim() === '' ? ['不能为空', 'must not be empty'] : ['没有可见的字', 'has nothing that can be seen'];
  return said(
    TITLE.empty,
    `发票抬头${zh}。请按票面填写，个人写“个人”或姓名。`,
    `The title ${en}. Copy it from the invoice.`,
  );
}

function checkLength(title: string, kind: Invoice['kind']): Fault[] {
  const [length, limit, zh, en] = isDigital(kind)
    ? ([lengthOf(title), 150, '个字', 'characters'] as const)
    : ([gbkLength(title), 100, '字节（GBK）', 'bytes of GBK'] as const);
  if (length <= limit) return [];
  return [
    said(
      TITLE.length,
      `抬头有 ${length} ${zh}，超过 ${limit}。请核对票面。`,
      `The title has ${length} ${en}, more than ${limit}. Check it against the invoice.`,
    ),
  ];
}

function said(rule: Rule, message: string, messageEn: string): Fault {
  return broken(rule, '/invoice/title', message, messageEn);
}
