import { codePoint, GBK_PRIVATE_USE } from './gbk-private-use';

/**
 * What the eye does not see, or takes for a blank: controls, formats and lone surrogates, all that Unicode lets a program
 * ignore (fillers, selectors, tags), noncharacters, and the letters and symbols that are drawn as nothing.
 */
const HIDDEN =
  '\\p{Cc}\\p{Cf}\\p{Cs}\\p{Default_Ignorable_Code_Point}\\p{Noncharacter_Code_Point}' +
  '\\u2028\\u2029\\u2800\\uFFFC\\u{13441}\\u{13442}\\u{1D159}';

const IS_HIDDEN = new RegExp(`[${HIDDEN}]`, 'u');
/** Remarks may have lines. */
const IS_HIDDEN_IN_LINES = new RegExp(`(?![\\n\\r\\t])[${HIDDEN}]`, 'u');
/** An accent without a letter names nobody either. */
const IS_VISIBLE = new RegExp(`[^${HIDDEN}\\p{Z}\\p{M}\\p{Cc}]`, 'u');

/** Blanks other than the plain one and the full-width one of Chinese type, which genuine faces have. */
const ODD_BLANK = /(?![ \u3000])\p{Zs}/u;
const PRIVATE_USE = /\p{Co}/u;

/** A character that was found in a text: where, from 1, and what it is. It is named by its number, never by itself. */
export interface Found {
  at: number;
  zh: string;
  en: string;
}

/** Whether there is anything to read: a text of blanks, fillers and accents alone is empty, whatever its length. */
export function isReadable(text: string): boolean {
  return IS_VISIBLE.test(text);
}

/** The first character that the eye does not see. */
export function findHidden(text: string, mayHaveLines = false): Found | null {
  return find(text, mayHaveLines ? IS_HIDDEN_IN_LINES : IS_HIDDEN, (character) => kindOfHidden(character));
}

/** The first blank that is none of those a keyboard gives. */
export function findOddBlank(text: string): Found | null {
  return find(text, ODD_BLANK, (character) =>
    character === '\u00A0' ? ['不换行空格', 'a no-break space'] : ['特殊空格', 'a special blank'],
  );
}

/** The first character that only its maker's own font can show. */
export function findPrivateUse(text: string): Found | null {
  return find(text, PRIVATE_USE, (character) => {
    const meant = GBK_PRIVATE_USE.get(character);
    return meant === undefined
      ? ['私用区字符', 'a private use character']
      : [
          `私用区字符，GBK 旧映射，标准字符是 ${codePoint(meant)}`,
          `a private use character of an old GBK table, for which ${codePoint(meant)} is the standard one`,
        ];
  });
}

function find(text: string, pattern: RegExp, called: (character: string) => [zh: string, en: string]): Found | null {
  const found = pattern.exec(text);
  if (!found) return null;
  const [zh, en] = called(found[0]);
  return {
    at: [...text.slice(0, found.index)].length + 1,
    zh: `${codePoint(found[0])}（${zh}）`,
    en: `${codePoint(found[0])} (${en})`,
  };
}

const HIDDEN_KINDS: [pattern: RegExp, zh: string, en: string][] = [
  [/[\u200B\u2060\uFEFF]/u, '零宽空格', 'a zero-width space'],
  [/[\u200C\u200D]/u, '零宽连接符', 'a zero-width joiner'],
  [/[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/u, '方向控制符', 'a direction mark'],
  [/\u00AD/u, '软连字符', 'a soft hyphen'],
  [/[\u115F\u1160\u3164\uFFA0]/u, '韩文填充符', 'a hangul filler'],
  [/\u2800/u, '盲文空白', 'a braille blank'],
  [/[\u180B-\u180F\uFE00-\uFE0F\u{E0100}-\u{E01EF}]/u, '异体选择符', 'a variation selector'],
  [/[\u2028\u2029]/u, '换行符', 'a line separator'],
  [/\uFFFC/u, '对象占位符', 'an object placeholder'],
  [/\p{Cs}/u, '不成对的代理字符', 'a lone surrogate'],
  [/\p{Cc}/u, '控制字符', 'a control character'],
];

function kindOfHidden(character: string): [zh: string, en: string] {
  const [, zh, en] = HIDDEN_KINDS.find(([pattern]) => pattern.test(character)) ?? [
    null,
    '不可见字符',
    'an invisible character',
  ];
  return [zh, en];
}
