import { Fault, fault } from '../fault';
import { Invoice } from '../invoice';

/** 抬头 and the buyer's taxpayer id. */
export function checkParties({ title, buyerType, buyerNumber, kind }: Invoice): Fault[] {
  const faults: Fault[] = [];
  if (title.trim() === '') {
    faults.push(fault('INVOICE-TITLE-01', '/invoice/title', '发票抬头不能为空。', 'The title must not be empty.'));
  } else if (/[<>]/.test(title)) {
    faults.push(
      fault('INVOICE-TITLE-02', '/invoice/title', '发票抬头不能含 < 或 >。', 'The title must not contain < or >.'),
    );
  }
  // 公告2017年第16号: an enterprise needs its id on an ordinary invoice; a 专票 always carries one.
  const special = kind === 'digital_special' || kind === 'vat_special';
  if ((buyerType === 'enterprise' || special) && !buyerNumber) {
    faults.push(
      fault(
        'INVOICE-BUYER-01',
        '/invoice/buyer_number',
        special ? '专用发票必须有购买方纳税人识别号。' : '购买方为企业时必须有纳税人识别号。',
        special
          ? 'A special invoice always carries the buyer’s taxpayer id.'
          : 'An enterprise buyer needs its taxpayer id.',
      ),
    );
  }
  if (buyerNumber !== undefined && !/^[0-9A-Z]{15,20}$/.test(buyerNumber)) {
    faults.push(
      fault(
        'INVOICE-BUYER-02',
        '/invoice/buyer_number',
        '纳税人识别号应为 15、17、18 或 20 位数字或大写字母，不含空格。',
        'A taxpayer id has 15, 17, 18 or 20 digits or capital letters, without blanks.',
      ),
    );
  }
  return faults;
}
