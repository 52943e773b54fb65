/** Characters that have no business in a number or id, from the least visible to the plainest. */
const ODD: [pattern: RegExp, zh: string, en: string][] = [
  [/[\uFF10-\uFF19]/u, '全角数字', 'a full-width digit'],
  [/[\uFF21-\uFF3A\uFF41-\uFF5A]/u, '全角字母', 'a full-width letter'],
  [/[\p{Cf}\p{Cs}\u2028\u2029]/u, '不可见字符', 'an invisible character'],
  [/\s/u, '空白', 'a blank'],
  [/\p{Cc}/u, '控制字符', 'a control character'],
  [/[a-z]/u, '小写字母', 'a lower-case letter'],
  [/[A-Z]/u, '字母', 'a letter'],
];

/** What a text that should be digits is, without quoting it: its length and its first odd character. */
export function describeDigits(text: string): [zh: string, en: string] {
  if (/^[0-9]+$/.test(text)) return [`${text.length} 位数字`, `${text.length} digits`];
  return describe(text, /[0-9]/);
}

/** What a taxpayer id is, without quoting it. */
export function describeId(text: string): [zh: string, en: string] {
  return describe(text, /[0-9A-Z]/);
}

function describe(text: string, allowed: RegExp): [zh: string, en: string] {
  if (text === '') return ['空', 'empty'];
  const characters = [...text];
  const at = characters.findIndex((character) => !allowed.test(character));
  const found: [zh: string, en: string] = [`${characters.length} 个字符`, `${characters.length} characters`];
  if (at < 0) return found;
  const [, zh, en] = ODD.find(([pattern]) => pattern.test(characters[at]!)) ?? [
    null,
    '符号或汉字',
    'another character',
  ];
  return [`${found[0]}，第 ${at + 1} 个是${zh}`, `${found[1]}, number ${at + 1} is ${en}`];
}

export function lengthOf(text: string): number {
  return [...text].length;
}

/** Length as GBK counts it: two bytes for what is not ASCII. */
export function gbkLength(text: string): number {
  let bytes = 0;
  for (const character of text) bytes += character <= '\u007f' ? 1 : 2;
  return bytes;
}
