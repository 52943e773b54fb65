import { numbersOf } from '../../src/wechat/invoice-shape';

const DIGITAL = '26312000000183259524';

test.each([
  ['数电, as the insert page has it', DIGITAL, '', '数电发票', DIGITAL, '', 'digital_ordinary'],
  ['数电专票', DIGITAL, '', '数电发票（增值税专用发票）', DIGITAL, '', 'digital_special'],
  ['数电 in the older order', '', DIGITAL, '', DIGITAL, '', 'digital_ordinary'],
  ['数电 in both fields', DIGITAL, DIGITAL, '', DIGITAL, '', 'digital_ordinary'],
  ['eight zeros say: none', '00000000', DIGITAL, '', DIGITAL, '', 'digital_ordinary'],
  ['legacy, older pages', '044000000111', '12345678', '', '12345678', '044000000111', 'vat_ordinary'],
  ['legacy, the insert page', '12345678', '044000000111', '', '12345678', '044000000111', 'vat_ordinary'],
  ['专票 by its code', '12345678', '044000000113', '', '12345678', '044000000113', 'vat_special'],
  ['通行费 by its code', '044000000112', '12345678', '', '12345678', '044000000112', 'toll'],
  ['ten digits of code', '4400000001', '12345678', '', '12345678', '4400000001', 'vat_ordinary'],
  ['neither fits', 'hello', 'world', '', 'hello', 'world', 'unknown'],
  ['nothing there', undefined, null, undefined, '', '', 'unknown'],
])('%s', (_, no, code, type, number, expectedCode, kind) => {
  expect(numbersOf(no, code, type)).toEqual({ number, code: expectedCode, kind });
});
