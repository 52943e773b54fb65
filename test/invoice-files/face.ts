import { InvoiceFace } from '../../src/demo/invoice-face';
import { Invoice } from '../../src/domain/invoice';

/** One made-up invoice in every format. */
export const FACE: InvoiceFace = {
  kind: 'digital_ordinary',
  number: '26312000000183259524',
  issuedOn: '2026-11-20',
  buyer: { name: '示例科技(上海)有限公司', taxId: '91310000MADEM0011A' },
  seller: { name: '示例服务(北京)有限公司', taxId: '91310000MADEM002X2' },
  lines: [
    {
      ...{ name: '*信息技术服务*技术服务费', unit: '次', quantity: 1 },
      ...{ unitPrice: 10000, amount: 10000, rate: '6%', tax: 600 },
    },
  ],
  net: 10000,
  tax: 600,
  gross: 10600,
};

/** Everything that a reader should find. */
export const WHOLE = {
  number: FACE.number,
  issuedOn: FACE.issuedOn,
  title: FACE.buyer.name,
  buyerNumber: FACE.buyer.taxId,
  sellerName: FACE.seller.name,
  sellerNumber: FACE.seller.taxId,
  fee: 10600,
  feeWithoutTax: 10000,
  tax: 600,
  items: [{ name: '*信息技术服务*技术服务费', unit: '次', num: 1, price: 10000 }],
};

export const INVOICE: Invoice = {
  kind: 'digital_ordinary',
  number: FACE.number,
  code: '',
  checkCode: '',
  issuedAt: Date.parse('2026-11-20T10:00:00+08:00') / 1000,
  title: '示例科技（上海）有限公司',
  buyerType: 'enterprise',
  buyerNumber: WHOLE.buyerNumber,
  sellerNumber: WHOLE.sellerNumber,
  fee: 10600,
  feeWithoutTax: 10000,
  tax: 600,
  items: WHOLE.items,
};
