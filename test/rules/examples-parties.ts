import { RuleExamples } from './examples';
import { digital, legacy, personal } from './invoices';

const RESIDENT = '11010519491231002X';
const PASSING_RESIDENT = '110105194912010529';

/** 抬头 · 购买方 · 销售方 */
export const PARTY_EXAMPLES: Record<string, RuleExamples> = {
  'INVOICE-TITLE-01': {
    accepts: [['个人', personal()]],
    refuses: [['empty', personal({ title: '' })]],
    borderline: [
      ['blanks only', personal({ title: ' \u3000' }), 'refused'],
      ['fillers and blanks only', digital({ title: '\u3164\u00A0\u2800' }), 'refused'],
      ['one letter among fillers', digital({ title: '\u3164示\u2800' }), 'accepted'],
    ],
  },
  'INVOICE-TITLE-02': {
    accepts: [['full-width parentheses', digital({ title: '示例科技（上海）有限公司' })]],
    refuses: [['a tag', digital({ title: '<b>示例科技有限公司</b>' })]],
    borderline: [
      ['one <', digital({ title: '示例<科技有限公司' }), 'refused'],
      ['《》', digital({ title: '《示例》杂志社有限公司' }), 'accepted'],
    ],
  },
  'INVOICE-TITLE-03': {
    accepts: [['a short name', digital()]],
    refuses: [['300 characters', digital({ title: '示'.repeat(300) })]],
    borderline: [
      ['数电: 150', digital({ title: '示'.repeat(150) }), 'accepted'],
      ['数电: 151', digital({ title: '示'.repeat(151) }), 'refused'],
      ['legacy: 100 bytes', legacy({ title: '示'.repeat(50) }), 'accepted'],
      ['legacy: 101 bytes', legacy({ title: `${'示'.repeat(50)}A` }), 'refused'],
    ],
  },
  'INVOICE-TITLE-04': {
    accepts: [
      ['个人', personal()],
      ['a person’s name', personal({ title: '示例名' })],
    ],
    refuses: [
      ['…有限公司', personal({ title: '示例科技(上海)有限公司' })],
      ['…医院', personal({ title: '示例市第一医院' })],
    ],
    borderline: [
      ['the same title as a government’s', personal({ title: '示例市第一医院', buyerType: 'institution' }), 'accepted'],
      ['a name that holds 厂 within', personal({ title: '厂长' }), 'accepted'],
    ],
  },
  'INVOICE-TITLE-05': {
    accepts: [['an individual', personal()]],
    refuses: [['an enterprise', digital({ title: '个人' })]],
    borderline: [['a sole trader', personal({ buyerType: 'sole_trader' }), 'accepted']],
  },
  'INVOICE-TITLE-06': {
    accepts: [['a blank within', digital({ title: 'Example Trading Ltd' })]],
    refuses: [['blanks around', digital({ title: ' 示例科技有限公司 ' })]],
    borderline: [['an ideographic space at the end', digital({ title: '示例科技有限公司\u3000' }), 'refused']],
  },
  'INVOICE-BUYER-01': {
    accepts: [
      ['an enterprise with it', digital()],
      ['a person without', personal()],
      ['a government office without', personal({ buyerType: 'government', title: '示例市档案局' })],
      ['an institution without', personal({ buyerType: 'institution', title: '示例大学' })],
      ['an association without', personal({ buyerType: 'association', title: '示例协会' })],
      ['a sole trader without', personal({ buyerType: 'sole_trader', title: '示例小吃' })],
    ],
    refuses: [
      ['an enterprise without', digital({ buyerNumber: undefined })],
      ['a 专票 without', digital({ kind: 'digital_special', buyerType: 'institution', buyerNumber: undefined })],
    ],
    borderline: [['an enterprise with ""', digital({ buyerNumber: '' }), 'refused']],
  },
  'INVOICE-BUYER-02': {
    accepts: [
      ['18', digital()],
      ['20: resident id and sequence', digital({ buyerType: 'sole_trader', buyerNumber: `${RESIDENT}01` })],
      ['17', digital({ buyerNumber: '31000012345678901' })],
    ],
    refuses: [
      ['lower case', digital({ buyerNumber: '91310000madem0011a' })],
      ['a blank within', digital({ buyerNumber: '91310000 MADEM0011A' })],
      ['a full-width digit', digital({ buyerNumber: '９1310000MADEM0011A' })],
    ],
    borderline: [
      ['14', digital({ buyerNumber: '31000012345678' }), 'refused'],
      ['15: region and organisation code', digital({ buyerNumber: '310000MADEM0011' }), 'accepted'],
      ['16', digital({ buyerNumber: '3100001234567890' }), 'refused'],
      ['19', digital({ buyerNumber: '3100001234567890123' }), 'refused'],
      ['21', digital({ buyerNumber: '310000123456789012345' }), 'refused'],
    ],
  },
  'INVOICE-BUYER-03': {
    accepts: [['both check characters fit', digital()]],
    refuses: [
      ['the check character is wrong', digital({ buyerNumber: '91310000MADEM0011B' })],
      ['O for 0', digital({ buyerNumber: '9131O000MADEM0011A' })],
      ['a person’s id', digital({ buyerNumber: RESIDENT })],
      ['a person’s id that passes mod 31 by accident', digital({ buyerNumber: PASSING_RESIDENT })],
      ['eighteen zeros, which pass it too', digital({ buyerNumber: '0'.repeat(18) })],
    ],
    borderline: [
      ['the check character 0', digital({ buyerNumber: '92330781MA2EDMFU50' }), 'accepted'],
      [
        'wrong, but of an association',
        digital({ buyerType: 'association', buyerNumber: '91310000MADEM0011B' }),
        'accepted',
      ],
    ],
  },
  'INVOICE-BUYER-04': {
    accepts: [
      ['an institution’s valid code', digital({ buyerType: 'institution' })],
      ['a sole trader under a resident id', digital({ buyerType: 'sole_trader', buyerNumber: RESIDENT })],
      ['even one that passes mod 31', digital({ buyerType: 'sole_trader', buyerNumber: PASSING_RESIDENT })],
    ],
    refuses: [
      ['an association with a wrong check', digital({ buyerType: 'association', buyerNumber: '91310000MADEM0011B' })],
      [
        '20 characters around a wrong resident id',
        digital({ buyerType: 'sole_trader', buyerNumber: '11010519491231002101' }),
      ],
    ],
    borderline: [
      [
        'a government office under a resident id',
        digital({ buyerType: 'government', buyerNumber: RESIDENT }),
        'refused',
      ],
      ['zeros in a person’s invoice', personal({ buyerNumber: '0'.repeat(15) }), 'refused'],
    ],
  },
  'INVOICE-BUYER-05': {
    accepts: [['region and organisation code fit', digital()]],
    refuses: [['passes mod 31 by accident', digital({ buyerNumber: '123456789012345678' })]],
    borderline: [
      ['15 characters, organisation code fits', digital({ buyerNumber: '310000MADEM0011' }), 'accepted'],
      ['15 characters, it does not', digital({ buyerNumber: '310000MADEM0012' }), 'refused'],
    ],
  },
  'INVOICE-BUYER-06': {
    accepts: [['none', personal()]],
    refuses: [['a resident id', personal({ buyerNumber: RESIDENT })]],
    borderline: [
      ['a sole trader’s is its taxpayer id', personal({ buyerType: 'sole_trader', buyerNumber: RESIDENT }), 'accepted'],
    ],
  },
  'INVOICE-BUYER-07': {
    accepts: [['a 专票 for an enterprise', digital({ kind: 'digital_special' })]],
    refuses: [['a 专票 for a person', digital({ kind: 'digital_special', buyerType: 'individual', title: '示例名' })]],
    borderline: [
      ['a 专票 for a sole trader', digital({ kind: 'digital_special', buyerType: 'sole_trader' }), 'accepted'],
    ],
  },
  'INVOICE-SELLER-01': {
    accepts: [
      ['18', digital()],
      ['absent', digital({ sellerNumber: undefined })],
    ],
    refuses: [
      ['lower case', digital({ sellerNumber: '91310000madem002x2' })],
      ['a blank at the end', digital({ sellerNumber: '91310000MADEM002X2 ' })],
    ],
    borderline: [
      ['17', digital({ sellerNumber: '31000012345678901' }), 'accepted'],
      ['19', digital({ sellerNumber: '3100001234567890123' }), 'refused'],
    ],
  },
  'INVOICE-SELLER-02': {
    accepts: [['genuine Shenzhen', digital({ number: '26952000000110579895', sellerNumber: '91440300587908164C' })]],
    refuses: [
      ['two characters exchanged', digital({ sellerNumber: '91310000MAEDM002X2' })],
      ['I for 1', digital({ sellerNumber: '9I310000MADEM002X2' })],
      ['eighteen zeros', digital({ sellerNumber: '0'.repeat(18) })],
      ['a person’s id that passes mod 31 by accident', digital({ sellerNumber: PASSING_RESIDENT })],
    ],
    borderline: [
      ['the sum is a multiple of 31', digital({ sellerNumber: '92330781MA2EDMFU50' }), 'accepted'],
      ['a person’s id', digital({ sellerNumber: RESIDENT }), 'refused'],
    ],
  },
  'INVOICE-SELLER-03': {
    accepts: [['region and organisation code fit', digital()]],
    refuses: [['passes mod 31 by accident', digital({ sellerNumber: '123456789012345678' })]],
    borderline: [['registered with a national authority', digital({ sellerNumber: '91100000MADEM0011Q' }), 'accepted']],
  },
  'INVOICE-SELLER-04': {
    accepts: [['18', digital()]],
    refuses: [
      ['15', digital({ sellerNumber: '310000MADEM0011' })],
      ['20', digital({ sellerNumber: `${RESIDENT}01` })],
    ],
    borderline: [['17', digital({ sellerNumber: '31000012345678901' }), 'refused']],
  },
};
