/**
 * The eighty characters of GBK (FE50–FEA0) that Unicode had no place for when its tables were made. Old programs still give
 * them as U+E815–U+E864; the standard ones, in the same order, are what GB 18030-2022 says.
 */
const FROM = 0xe815;
const STANDARD =
  '⺁𠂇𠂉𠃌⺄㑳㑇⺈⺋龴㖞㘚㘎⺌⺗㥮㤘龵㧏㧟㩳㧐龶龷㭎㱮㳠⺧𡗗龸⺪䁖䅟⺮䌷⺳⺶⺷𢦏䎱䎬⺻䏝䓖䙡䙌龹䜣䜩䝼䞍⻊䥇䥺䥽䦂䦃䦅䦆䦟䦛䦷䦶龺𤇾䲣䲟䲠䲡䱷䲢䴓䴔䴕䴖䴗䴘䴙䶮龻';

/** By the private use character that stands for it. */
export const GBK_PRIVATE_USE: ReadonlyMap<string, string> = new Map(
  [...STANDARD].map((standard, index) => [String.fromCodePoint(FROM + index), standard]),
);

/** `U+4DAE`: how a character is named where it cannot, or must not, be shown. */
export function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
