import { Fault } from '../fault';
import { Found, findHidden, findOddBlank, findPrivateUse } from './odd-characters';
import { broken, Rule } from './rule';

const SAME_TITLE = '微信 72017 抬头须逐字相同';

export const DAMAGED_TEXTS = {
  hidden: {
    code: 'INVOICE-TEXT-03',
    chapter: 'text',
    severity: 'warning',
    certainty: 'likely',
    source: `Unicode 通用类别 Cc、Cf、Cs 与 Default_Ignorable_Code_Point；${SAME_TITLE}`,
    title: '文字不含不可见字符',
    titleEn: 'Texts hold no invisible characters',
    preventsErrcodes: [72017, 47001],
  },
  lost: {
    code: 'INVOICE-TEXT-04',
    chapter: 'text',
    severity: 'error',
    certainty: 'certain',
    source: `Unicode：U+FFFD 表示原字符已丢失；${SAME_TITLE}`,
    title: '文字没有丢失的字符',
    titleEn: 'No character of a text is lost',
    preventsErrcodes: [72017, 47001],
  },
  privateUse: {
    code: 'INVOICE-TEXT-05',
    chapter: 'text',
    severity: 'warning',
    certainty: 'likely',
    source: `Unicode 私用区 Co；GB 18030-2022 已为 GBK 的 80 个私用区汉字给出标准码位；${SAME_TITLE}`,
    title: '文字不含私用区字符',
    titleEn: 'Texts hold no private use characters',
    preventsErrcodes: [72017],
  },
  escaped: {
    code: 'INVOICE-TEXT-06',
    chapter: 'text',
    severity: 'warning',
    certainty: 'likely',
    source: `票面不含 HTML 实体、反斜杠转义与百分号编码；${SAME_TITLE}`,
    title: '文字没有残留的转义',
    titleEn: 'Texts hold no escapes that were left over',
    preventsErrcodes: [72017],
  },
  blank: {
    code: 'INVOICE-TEXT-07',
    chapter: 'text',
    severity: 'warning',
    certainty: 'likely',
    source: `Unicode 通用类别 Zs；${SAME_TITLE}`,
    title: '文字中的空格是普通空格',
    titleEn: 'The blanks within texts are plain ones',
    preventsErrcodes: [72017],
  },
  encoding: {
    code: 'INVOICE-TEXT-08',
    chapter: 'text',
    severity: 'warning',
    certainty: 'likely',
    source: `编码转换错误的常见结果（UTF-8 当作 Latin-1，无法表示的字变成 ?）；${SAME_TITLE}`,
    title: '文字没有编码错误的痕迹',
    titleEn: 'Texts show no trace of a wrong encoding',
    preventsErrcodes: [72017],
  },
} as const satisfies Record<string, Rule>;

/** U+FFFD is what a decoder writes for bytes it cannot read; 锟斤拷 is what its UTF-8 looks like when read as GBK. */
const LOST = /\uFFFD|锟斤拷/u;
/** Three bytes of UTF-8, the length of a Chinese character, shown as Latin-1 or Windows-1252. */
const MOJIBAKE = /[à-ï](?:[\u0080-\u00BF]|[€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]){2}/u;
/** What an encoder without the character writes in its place. */
const QUESTION_MARKS = /\?{2,}|\p{Script=Han}\?\p{Script=Han}/u;
const ESCAPES: [pattern: RegExp, zh: string, en: string][] = [
  [/&(?:[A-Za-z][A-Za-z0-9]{1,30}|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});/, 'HTML 实体', 'an HTML entity'],
  [/\\(?:u[0-9A-Fa-f]{4}|u\{[0-9A-Fa-f]{1,6}\}|x[0-9A-Fa-f]{2}|[nrt"\\])/, '反斜杠转义', 'a backslash escape'],
  [/(?:%[89A-Fa-f][0-9A-Fa-f]){2}/, '百分号编码', 'a percent encoding'],
];
/** These say nothing about a person; any other escape may hold a letter of a name. */
const MAY_BE_QUOTED = /^&(?:amp|lt|gt|quot|apos|nbsp);$/i;

/** Most texts are of these alone: every order passes through here. */
const PLAIN = /^[\p{Script=Han}0-9A-Za-z ()（）*、，。：:.,/-]*$/u;

/** What shows that a text is not what its writer wrote. The text is not quoted: it may be a person's. */
export function checkDamage(pointer: string, text: string, mayHaveLines = false): Fault[] {
  if (PLAIN.test(text)) return lost(pointer, text);
  return [
    ...lost(pointer, text),
    ...named(pointer, findHidden(text, mayHaveLines), DAMAGED_TEXTS.hidden, [
      '，不可见，多由复制粘贴带入。请删除。',
      'is invisible, often pasted along. Remove it.',
    ]),
    ...named(pointer, findPrivateUse(text), DAMAGED_TEXTS.privateUse, [
      '，别的设备上显示为方框。请换成票面上的标准汉字。',
      'shows as a box elsewhere. Write the standard character of the invoice.',
    ]),
    ...named(pointer, findOddBlank(text), DAMAGED_TEXTS.blank, [
      '，看似空格而不是空格。请改为普通空格，或按票面删除。',
      'looks like a plain blank and is none. Write a plain one, or remove it as on the invoice.',
    ]),
    ...escaped(pointer, text),
    ...wronglyDecoded(pointer, text),
  ];
}

function named(pointer: string, found: Found | null, rule: Rule, [zh, en]: readonly [string, string]): Fault[] {
  if (!found) return [];
  return [
    broken(rule, pointer, `第 ${found.at} 个字符是 ${found.zh}${zh}`, `Character ${found.at}, ${found.en}, ${en}`),
  ];
}

function lost(pointer: string, text: string): Fault[] {
  const found = LOST.exec(text);
  if (!found) return [];
  const at = placeOf(text, found);
  const [what, whatEn] = found[0] === '\uFFFD' ? ['U+FFFD', 'U+FFFD'] : ['“锟斤拷”', 'what 锟斤拷 stands for'];
  return [
    broken(
      DAMAGED_TEXTS.lost,
      pointer,
      `第 ${at} 个字符起有 ${what}：原来的字已在编码转换中丢失（常见于 GBK 被当作 UTF-8 读取）。请从源头按正确编码重新取得文字。`,
      `From character ${at} on there is ${whatEn}: what stood there was lost in decoding (often GBK read as UTF-8). Take the text anew from its source in the right encoding.`,
    ),
  ];
}

function escaped(pointer: string, text: string): Fault[] {
  for (const [pattern, zh, en] of ESCAPES) {
    const found = pattern.exec(text);
    if (!found) continue;
    const at = placeOf(text, found);
    const shown = MAY_BE_QUOTED.test(found[0]) ? ` ${found[0]}` : '';
    return [
      broken(
        DAMAGED_TEXTS.escaped,
        pointer,
        `第 ${at} 个字符起是${zh}${shown}，会原样显示在卡券上。请还原后重发。`,
        `From character ${at} on there is ${en}${shown}, which the card would show as it is. Send the text unescaped.`,
      ),
    ];
  }
  return [];
}

function wronglyDecoded(pointer: string, text: string): Fault[] {
  const mojibake = MOJIBAKE.exec(text);
  const found = mojibake ?? QUESTION_MARKS.exec(text);
  if (!found) return [];
  const at = placeOf(text, found);
  const [zh, en] = mojibake
    ? ['像是 UTF-8 被当作 Latin-1 读取的乱码', 'look like UTF-8 that was read as Latin-1']
    : ['有问号代替了字', 'have question marks in place of letters'];
  return [
    broken(
      DAMAGED_TEXTS.encoding,
      pointer,
      `第 ${at} 个字符起${zh}。请核对编码，按票面填写。`,
      `The characters from ${at} on ${en}. Check the encoding and copy the text from the invoice.`,
    ),
  ];
}

function placeOf(text: string, { index }: RegExpExecArray): number {
  return [...text.slice(0, index)].length + 1;
}
