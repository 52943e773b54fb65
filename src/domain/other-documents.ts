import { Fault, fault, warning } from './fault';
import { Fact, OtherDocument } from './invoice-facts';

/** What each is called on its face. */
export const DOCUMENT_NAMES: Record<OtherDocument, [zh: string, en: string]> = {
  railway_ticket: ['电子发票（铁路电子客票）', 'an electronic railway ticket'],
  air_itinerary: ['电子发票（航空运输电子客票行程单）', 'an electronic air itinerary receipt'],
  vehicle_invoice: ['机动车或二手车销售统一发票', 'a vehicle sales invoice'],
  general_invoice: ['通用电子发票', 'a general (non-VAT) electronic invoice'],
  fiscal_receipt: ['财政电子票据', 'a fiscal receipt'],
  trip_list: ['行程单', 'a trip list'],
  utility_bill: ['账单', 'a bill'],
};

/** Papers that are no invoice at all, and what to do instead; of the others WeChat's answer is not known. */
const NO_INVOICE: Partial<Record<OtherDocument, [zh: string, en: string]>> = {
  fiscal_receipt: [
    '请使用微信的财政电子票据接口（nontaxinvoice）',
    'Use WeChat’s interface for fiscal receipts (nontaxinvoice)',
  ],
  trip_list: ['请发送发票本身，行程单作为 trip_pdf', 'Send the invoice itself, and the list as trip_pdf'],
  utility_bill: ['请发送发票的版式文件', 'Send the invoice'],
};

/** Whether an order's file is no invoice that a merchant issues. */
export function otherDocument(facts: readonly Fact[]): Fault[] {
  const found = facts.find(({ field }) => field === 'document')?.value as OtherDocument | undefined;
  if (found === undefined) return [];
  const [zh, en] = DOCUMENT_NAMES[found];
  const instead = NO_INVOICE[found];
  if (instead) {
    return [
      fault(
        'PDF-KIND-01',
        '/invoice/kind',
        `文件是${zh}，不是发票。${instead[0]}。`,
        `The file is ${en}, no invoice. ${instead[1]}.`,
      ),
    ];
  }
  return [
    warning(
      'PDF-KIND-02',
      '/invoice/kind',
      `文件是${zh}，商户通常不开具，微信是否接受未知。请确认。`,
      `The file is ${en}, which merchants do not usually issue; whether WeChat takes it is not known. Please check.`,
    ),
  ];
}
