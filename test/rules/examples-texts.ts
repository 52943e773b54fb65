import { RuleExamples } from './examples';
import { digital, line } from './invoices';

/** What happens to texts on their way: pasted, escaped, decoded wrongly. */
export const TEXT_EXAMPLES: Record<string, RuleExamples> = {
  'INVOICE-TEXT-03': {
    accepts: [['plain text', digital({ remarks: '合同编号 1' })]],
    refuses: [
      ['a zero-width space in the title', digital({ title: '示例\u200B科技有限公司' })],
      ['a direction mark in a name', digital({ items: [line('*饮料*\u202E茶', 10000)] })],
      ['a lone surrogate', digital({ maker: '示\uD800' })],
      ['a hangul filler among letters', digital({ title: '示例\u3164科技有限公司' })],
      ['a braille blank among letters', digital({ title: '示例\u2800科技有限公司' })],
      ['a variation selector', digital({ title: '示例\u{E0100}科技有限公司' })],
    ],
    borderline: [
      ['a new line in the remarks', digital({ remarks: '第一行\n第二行' }), 'accepted'],
      ['a new line in the title', digital({ title: '示例\n科技有限公司' }), 'refused'],
    ],
  },
  'INVOICE-TEXT-04': {
    accepts: [['a rare character', digital({ title: '示例䶮科技有限公司' })]],
    refuses: [
      ['what a decoder writes for bytes it cannot read', digital({ title: '\uFFFD\uFFFD科技有限公司' })],
      ['the same, read as GBK afterwards', digital({ title: '锟斤拷科技有限公司' })],
      ['in a line', digital({ items: [line('*文具*中性\uFFFD', 10000)] })],
    ],
    borderline: [['a white question mark on black of its own', digital({ remarks: '\u2753' }), 'accepted']],
  },
  'INVOICE-TEXT-05': {
    accepts: [['the standard character of the same', digital({ title: '示例\u4DAE科技有限公司' })]],
    refuses: [
      ['one of GBK’s eighty', digital({ title: '示例\uE863科技有限公司' })],
      ['one of a font’s own', digital({ remarks: '\uF8FF' })],
      ['one of the planes for it', digital({ maker: '示\u{F0000}' })],
    ],
    borderline: [
      ['the last of the area', digital({ maker: '\uF8FF' }), 'refused'],
      ['a compatibility ideograph, next to the area', digital({ maker: '\uF900' }), 'accepted'],
    ],
  },
  'INVOICE-TEXT-06': {
    accepts: [['an ampersand', digital({ title: '示例&科技有限公司' })]],
    refuses: [
      ['an HTML entity', digital({ title: '示例&amp;科技有限公司' })],
      ['one by number', digital({ title: '示例&#38;科技有限公司' })],
      ['one by hexadecimal number', digital({ items: [line('*文具*A&#x26;B', 10000)] })],
      ['an escape of JSON, escaped again', digital({ title: '\\u793a\\u4f8b科技有限公司' })],
      ['a percent encoding', digital({ remarks: '%E7%A4%BA%E4%BE%8B' })],
    ],
    borderline: [
      ['an ampersand and a semicolon apart', digital({ remarks: 'A&B 示例;' }), 'accepted'],
      ['per cent of a number', digital({ items: [line('*酒*示例酒 52%20瓶', 10000)] }), 'accepted'],
    ],
  },
  'INVOICE-TEXT-07': {
    accepts: [['a plain blank', digital({ title: 'Example Trading Ltd' })]],
    refuses: [
      ['a no-break space', digital({ title: 'Example\u00A0Trading Ltd' })],
      ['a narrow one', digital({ items: [line('*文具*A\u202F4', 10000)] })],
      ['a thin one', digital({ maker: '示\u2009例' })],
    ],
    borderline: [['the full-width blank of Chinese type', digital({ maker: '示\u3000例' }), 'accepted']],
  },
  'INVOICE-TEXT-08': {
    accepts: [['a French name', digital({ title: 'Café Étoile (示例) 有限公司' })]],
    refuses: [
      ['UTF-8 read as Latin-1', digital({ title: Buffer.from('示例科技').toString('latin1') })],
      ['UTF-8 read as Windows-1252', digital({ title: 'ç¤ºä¾‹ç§‘æŠ€' })],
      ['question marks for letters', digital({ title: '????有限公司' })],
      ['one in the midst of a name', digital({ title: '示?科技有限公司' })],
    ],
    borderline: [['a question at the end of a book’s name', digital({ remarks: '为什么?' }), 'accepted']],
  },
};
