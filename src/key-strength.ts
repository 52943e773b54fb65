/** Below so many bits a key is refused: 28 random hexadecimal digits, and more than any guesser will ever try. */
export const LEAST_BITS = 112;

/** What people make keys of where nobody made one for them. */
const WORDS =
  /password|passwd|passwort|secret|admin|administrator|merchant|operator|bootstrap|piaoka|wechat|weixin|fapiao|invoice|test|demo|example|sample|default|change|changeme|please|letmein|welcome|qwerty|qwertz|asdf|zxcv|yxcv|qazwsx|abc|master|token|key|user|root|prod|production|live|mima|woaini|iloveyou|hello|dragon|monkey|company|china|shanghai|beijing/;
const LEET: Record<string, string> = { '0': 'o', '1': 'i', '3': 'e', '4': 'a', '5': 's', '7': 't', '@': 'a', $: 's' };
/** Bits of a word, of a run's first character with its length, and of a piece that came before with its place. */
const WORD_BITS = 7;
const RUN_BITS = 9;
const REPEAT_BITS = 9;
const SHORTEST = 4;
/** Bits of a letter in what may be words of a language. */
const LETTER_BITS = 2.6;

/**
 * How many bits a guesser needs for a key, told from its shape and rather too few than too many: repeats, runs such as
 * 1234 or ffff, and common words cost a guesser next to nothing; of the rest each character counts as if it were drawn
 * from the smallest alphabet that its part of the key can be made of.
 */
export function guessBits(key: string): number {
  let bits = 0;
  for (let at = 0; at < key.length;) {
    const [length, cost] = stretchAt(key, at) ?? [1, bitsOfCharacter(key, at)];
    at += length;
    bits += cost;
  }
  return bits;
}

/** The longest cheap stretch that begins here: its length and its bits. */
function stretchAt(key: string, at: number): [length: number, bits: number] | null {
  const stretches: [number, number][] = [
    [repeatAt(key, at), REPEAT_BITS],
    [runAt(key, at), RUN_BITS],
    [wordAt(key, at), WORD_BITS],
  ];
  const [longest] = stretches.sort(([a], [b]) => b - a);
  return longest && longest[0] >= 3 ? longest : null;
}

/** How much from here on came before, perhaps in another case; it may reach into itself, as in abababab. */
function repeatAt(key: string, at: number): number {
  const text = key.toLowerCase();
  let longest = 0;
  for (let from = 0; from < at; from += 1) {
    let length = 0;
    while (at + length < text.length && text[from + length] === text[at + length]) length += 1;
    longest = Math.max(longest, length);
  }
  return longest >= SHORTEST ? longest : 0;
}

/** Characters at one distance from each other: aaaa, 1234, dcba, 2468. */
function runAt(key: string, at: number): number {
  const step = key.charCodeAt(at + 1) - key.charCodeAt(at);
  if (!(Math.abs(step) <= 2)) return 0;
  let length = 2;
  while (key.charCodeAt(at + length) - key.charCodeAt(at + length - 1) === step) length += 1;
  return length >= SHORTEST ? length : 0;
}

function wordAt(key: string, at: number): number {
  const plain = Array.from(key.slice(at).toLowerCase(), (character) => LEET[character] ?? character).join('');
  return Math.max(...[key.slice(at).toLowerCase(), plain].map((text) => lengthOfWord(text)));
}

function lengthOfWord(text: string): number {
  const found = WORDS.exec(text);
  return found?.index === 0 ? found[0].length : 0;
}

function bitsOfCharacter(key: string, at: number): number {
  if (/[^0-9A-Za-z+/=]/.test(key.charAt(at))) return 2;
  const part =
    (/[0-9A-Za-z+/=]*$/.exec(key.slice(0, at))?.[0] ?? '') + (/^[0-9A-Za-z+/=]*/.exec(key.slice(at))?.[0] ?? '');
  if (/^([A-Z]?[a-z]+|[A-Z]+)$/.test(part)) return LETTER_BITS;
  if (/^\d+$/.test(part)) return Math.log2(10);
  if (/^([0-9a-f]+|[0-9A-F]+)$/.test(part)) return 4;
  const classes: [pattern: RegExp, size: number][] = [
    [/[a-z]/, 26],
    [/[A-Z]/, 26],
    [/\d/, 10],
    [/[+/=]/, 2],
  ];
  return Math.log2(classes.reduce((size, [pattern, more]) => (pattern.test(part) ? size + more : size), 0));
}
