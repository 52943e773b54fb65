import { checkInvoice } from '../../src/domain/check-invoice';
import { RULES } from '../../src/domain/rules/catalogue';
import { checkPdf } from '../../src/invoice-files/pdf-shape';
import { Errcode, ErrcodeName } from '../../src/wechat/errcodes';
import { INSERT } from '../../src/wechat/judgements';
import { digital, legacy, line, NOW } from './invoices';

const NUMBERS = ['INVOICE-NUMBER-01', 'INVOICE-NUMBER-06', 'INVOICE-NUMBER-07', 'INVOICE-CODE-01', 'INVOICE-CODE-02'];
const PDF = ['PDF-SHAPE-01', 'PDF-SHAPE-02'];
const SIZE = ['PDF-SIZE-01', 'PDF-SIZE-02'];

const PROGRAM = 'the request is built by this program from a checked order';
const USER = 'only the user’s authorisation at WeChat decides it';
const TEMPLATE = 'only WeChat knows which templates the account owns';
const STATE = 'it speaks about the state of a card at WeChat, not about the order’s data';
const ELSEWHERE = 'it answers another interface’s fields, none of which insert sends';

/** For each refusal that asks for other data: the rules in front of it, or why no rule of ours can stand there. */
const IN_FRONT: Partial<Record<ErrcodeName, string[] | string>> = {
  InvalidOpenid: 'insert sends no openid; WeChat takes it from the authorisation',
  InvalidMediaType: PDF,
  InvalidFileType: PDF,
  InvalidFileSize: SIZE,
  InvalidImageSize: SIZE,
  MediaSizeOutOfLimit: SIZE,
  MessageSizeOutOfLimit: SIZE,
  InvalidArgument: PROGRAM,
  InvalidArgs: PROGRAM,
  MissingParameter: ['INVOICE-TITLE-01', 'INVOICE-ITEM-01'],
  MissingRequiredFields: ['INVOICE-TITLE-01', 'INVOICE-ITEM-01'],
  MissingCardId: 'an order without card_id is refused as ORDER-CARD-01 where defaults are resolved',
  InvalidCardId: TEMPLATE,
  CardIdNotPermitted: TEMPLATE,
  NoMatchCard: TEMPLATE,
  FieldTooLong: ['INVOICE-TITLE-03', 'INVOICE-BUYER-02', 'INVOICE-SELLER-01', 'INVOICE-ITEM-05', 'INVOICE-TEXT-01'],
  DataFormatError: ['INVOICE-AMOUNT-05', 'INVOICE-ITEM-11', 'INVOICE-TITLE-02', 'INVOICE-TEXT-03', 'INVOICE-TEXT-04'],
  InvalidInvoiceTitle: [
    'INVOICE-TITLE-01',
    'INVOICE-TITLE-04',
    'INVOICE-TITLE-05',
    'INVOICE-TITLE-06',
    'INVOICE-TEXT-04',
    'INVOICE-BUYER-03',
  ],
  InvoiceStatusError: STATE,
  InvoiceTokenError: ELSEWHERE,
  InvalidParams: [
    ...NUMBERS.slice(0, 2),
    'INVOICE-CODE-02',
    'INVOICE-CHECK-02',
    'INVOICE-TIME-03',
    'INVOICE-TITLE-01',
    'INVOICE-AMOUNT-05',
  ],
  InvoiceOwnerError: STATE,
  InvoicePdfError: ['INVOICE-CODE-03', 'INVOICE-CODE-04', 'INVOICE-CODE-05'],
  BillingNumbersInvalid: [
    ...NUMBERS,
    'INVOICE-NUMBER-02',
    'INVOICE-NUMBER-03',
    'INVOICE-NUMBER-04',
    'INVOICE-CODE-06',
    'INVOICE-CODE-07',
    'INVOICE-KIND-02',
  ],
  BillingNumbersSizeError: [...NUMBERS, 'INVOICE-KIND-02'],
  CheckCodeEmpty: ['INVOICE-CHECK-02', 'INVOICE-CHECK-03'],
  PdfUrlInvalid: ELSEWHERE,
  PdfBillingNumbersError: [
    'INVOICE-NUMBER-02',
    'INVOICE-NUMBER-03',
    'INVOICE-NUMBER-04',
    'INVOICE-CODE-06',
    'INVOICE-CODE-07',
    'INVOICE-SELLER-02',
  ],
  TooManyInvoices: 'WeChat does not publish how many invoices a user may hold',
  InvoiceCancelled: STATE,
  InvoiceClosed: STATE,
  BatchInsertAuthKeyExpired: USER,
  BatchInsertAuthKeyOwner: USER,
  DiscernGatewayError: 'WeChat’s own recognition of an invoice failed',
  DiscernNuonuoError: 'WeChat’s own recognition of an invoice failed',
  FeeError: [
    'INVOICE-AMOUNT-01',
    'INVOICE-AMOUNT-02',
    'INVOICE-AMOUNT-03',
    'INVOICE-AMOUNT-04',
    'INVOICE-AMOUNT-05',
    'INVOICE-AMOUNT-06',
    'INVOICE-AMOUNT-07',
    'INVOICE-ITEM-03',
    'INVOICE-ITEM-04',
    'INVOICE-ITEM-11',
  ],
  KeyDeleted: USER,
  KeyExpired: USER,
  NoFound: STATE,
  PdfCheckError: [
    'INVOICE-NUMBER-02',
    'INVOICE-NUMBER-03',
    'INVOICE-NUMBER-04',
    'INVOICE-NUMBER-05',
    'INVOICE-AMOUNT-01',
    'INVOICE-SELLER-02',
    'INVOICE-ITEM-04',
  ],
  Verify3rdFail: [
    'INVOICE-NUMBER-02',
    'INVOICE-NUMBER-03',
    'INVOICE-NUMBER-04',
    'INVOICE-BUYER-01',
    'INVOICE-BUYER-03',
    'INVOICE-SELLER-02',
    'INVOICE-TIME-04',
  ],
};

/** Refusals that call for other data or a new authorisation, which the engine answers by itself or hands to a person. */
const NOT_BY_DATA: Partial<Record<ErrcodeName, string[] | string>> = {
  InvalidMediaId: 'the upload ran out at WeChat; it is uploaded once more',
  NoPullPdf: 'the upload ran out at WeChat; it is uploaded once more',
  PullPdfFail: 'the upload ran out at WeChat; it is uploaded once more',
  OrderUnauthorizedOrExpired: USER,
  OrderNeverAuth: USER,
  InsertTooManyInvoice: USER,
  NeverAuth: USER,
  UserNeverAuth: USER,
  AuthExpired: USER,
  BizRejectInsert: 'the order was rejected at WeChat before; a new order_id is needed',
  OrderIdRepeated: 'an order_id is taken once for ever: 409 order_taken before WeChat is asked',
  DuplicateOrderId: 'an order_id is taken once for ever: 409 order_taken before WeChat is asked',
  BillingNumbersRepeated: ['INVOICE-NUMBER-07'],
};

const TABLE = Object.entries({ ...IN_FRONT, ...NOT_BY_DATA }) as [ErrcodeName, string[] | string][];

describe('in front of each refusal that asks for other data', () => {
  it('stands a rule, or a reason why none can', () => {
    const dataFix = Object.entries(INSERT).filter(([, judgement]) => judgement === 'dataFix');
    expect(Object.keys(IN_FRONT).sort()).toEqual(dataFix.map(([name]) => name).sort());
  });

  it('and of those that the engine answers, each is judged so', () => {
    const elsewhere = ['mediaGone', 'awaitingAuthorization', 'rejected', 'orderConsumed', 'invoiceInWallet'];
    for (const name of Object.keys(NOT_BY_DATA) as ErrcodeName[]) expect(elsewhere).toContain(INSERT[name]);
  });

  it.each(TABLE.filter(([, front]) => Array.isArray(front)))('%s', (name, front) => {
    const known = new Map(RULES.map(({ code, preventsErrcodes }) => [code, preventsErrcodes]));
    for (const code of (front as string[]).filter((rule) => rule.startsWith('INVOICE-'))) {
      expect([code, known.get(code)]).toEqual([code, expect.arrayContaining([Errcode[name]])]);
    }
    expect(front.length).toBeGreaterThan(0);
  });

  it.each(TABLE.filter(([, front]) => typeof front === 'string'))('%s: none', (name, reason) => {
    expect(reason.length).toBeGreaterThan(20);
    expect(RULES.filter(({ preventsErrcodes }) => preventsErrcodes.includes(Errcode[name]))).toEqual([]);
  });

  it('stand the rules of files too', () => {
    const found = [
      Buffer.from('OFD'),
      Buffer.from('%PDF-1.4'),
      Buffer.alloc(9),
      Buffer.from(`%PDF-${' '.repeat(2 ** 21)}%%EOF`),
    ]
      .flatMap((bytes, i) => checkPdf(bytes, '/pdf', i === 2 ? 8 : 2 ** 22))
      .map(({ code }) => code);
    expect(found.sort()).toEqual([...PDF, ...SIZE].sort());
  });
});

describe('orders that WeChat has refused', () => {
  it.each([
    ['-1 for the 20 digits in both fields', digital({ code: '26312000000183259524' }), 'INVOICE-CODE-01'],
    ['72031 "billing no is empty"', digital({ number: '' }), 'INVOICE-NUMBER-01'],
    ['72045 for a legacy invoice without check code', legacy({ checkCode: '' }), 'INVOICE-CHECK-02'],
    ['72042 and 72043 for swapped fields', legacy({ number: '031001900111', code: '39324919' }), 'INVOICE-NUMBER-07'],
    [
      '72082 for list prices before a discount',
      digital({ fee: 8000, feeWithoutTax: 7547, tax: 453, items: [line('*餐饮服务*套餐', 11440)] }),
      'INVOICE-ITEM-04',
    ],
  ])('%s', (_why, invoice, code) => {
    expect(checkInvoice(invoice, NOW)).toContainEqual(expect.objectContaining({ code, severity: 'error' }));
  });
});
