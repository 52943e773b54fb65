/** Letters of other scripts that are drawn like a Latin one (after Unicode's confusables, UTS #39), each above its twin. */
const TWINS = twins(
  ['АВЕЅІЈКМНОРСТУХԜԚҺӀ', 'ABESIJKMHOPCTYXWQHI'],
  ['асеѕіјорухһԁԛԝӏгѵквмнт', 'acesijopyxhdqwlrvkbmht'],
  ['ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ', 'ABEZHIKMNOPTYX'],
  ['αγεικνορτυχη', 'ayeikvoptuxn'],
  ['ıɑɡɩօհոս', 'iagiohnu'],
);
/** Blanks of every kind, and what is drawn as nothing. */
const UNSEEN = /[\s\p{Z}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]+/gu;

/** Whether a reader would take one name for the other: by blanks, case, width, marks that are not drawn, or foreign twins. */
export function looksLike(one: string, other: string): boolean {
  const [ones, others] = [skeletons(one), skeletons(other)];
  return ones.some((skeleton, way) => skeleton === others[way]);
}

/** A name in plain letters, with single blanks: what it pretends to be. */
export function inPlainLetters(name: string): string {
  return untwinned(name).replace(UNSEEN, ' ').trim().toLowerCase();
}

/** As it is spelt; and as it is drawn, where I, l, 1 and 0, O are one, and rn is m. */
function skeletons(name: string): [spelt: string, drawn: string] {
  const letters = untwinned(name).replace(UNSEEN, '');
  const drawn = letters.replace(/[I|1]/g, 'l').replace(/0/g, 'o').toLowerCase().replace(/rn/g, 'm');
  return [letters.toLowerCase(), drawn];
}

function untwinned(name: string): string {
  const composed = name.normalize('NFKC').replace(/\p{Pd}/gu, '-');
  return Array.from(composed, (letter) => TWINS.get(letter) ?? letter).join('');
}

function twins(...pairs: [foreign: string, latin: string][]): ReadonlyMap<string, string> {
  return new Map(pairs.flatMap(([foreign, latin]) => [...foreign].map((letter, i) => [letter, latin.charAt(i)])));
}
