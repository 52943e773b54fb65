import { isRegistrationRegion } from './regions';

/** GB 32100-2015: digits and capitals without I O S V Z. */
const ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const USCC_WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
const ORGANISATION_WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2];
const RESIDENT_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** 15: before 2015, 17: old, 18: 统一社会信用代码 or 居民身份证, 20: resident id and a sequence (公告2015年第66号). */
export function hasIdShape(id: string): boolean {
  return /^[0-9A-Z]+$/.test(id) && [15, 17, 18, 20].includes(id.length);
}

/** One character again and again, as 000000000000000: what forms are filled with where there is no id. */
export function isPlaceholder(id: string): boolean {
  return /^(.)\1+$/.test(id);
}

/**
 * A resident id that is no 统一社会信用代码, though one in 31 passes its check: the organisation code inside does not fit.
 * Of an id that passes both, nobody can tell what it is.
 */
export function isOnlyResidentId(id: string): boolean {
  return isResidentId(id) && !(usccProblem(id) === 'none' && innerPartsAgree(id));
}

/** What breaks a 统一社会信用代码: the position, from 1, of a letter that it never holds, or its check character. */
export function usccProblem(id: string): 'none' | 'check' | number {
  let sum = 0;
  for (let i = 0; i < 18; i++) {
    const value = ALPHABET.indexOf(id.charAt(i) || '?');
    if (value < 0) return i + 1;
    if (i < 17) sum += value * USCC_WEIGHTS[i]!;
  }
  // A sum that 31 divides has the check character 0, which (31 - sum % 31) alone would look for at 31.
  return id.charAt(17) === ALPHABET.charAt((31 - (sum % 31)) % 31) ? 'none' : 'check';
}

/**
 * Whether the region is one and the organisation code agrees with its own check character (GB 11714): a second opinion.
 * `id` is a 统一社会信用代码, or the 15-digit form of region and organisation code.
 */
export function innerPartsAgree(id: string): boolean {
  const region = id.length === 15 ? 0 : 2;
  const organisation = id.slice(region + 6, region + 15);
  return (
    isRegistrationRegion(id.slice(region, region + 2)) && organisationCheck(organisation) === organisation.charAt(8)
  );
}

/** Here I, O, S, V and Z count too: A is 10, Z is 35. */
function organisationCheck(organisation: string): string {
  const sum = ORGANISATION_WEIGHTS.reduce(
    (total, weight, i) => total + weight * parseInt(organisation.charAt(i), 36),
    0,
  );
  const check = 11 - (sum % 11);
  if (check === 10) return 'X';
  return check === 11 ? '0' : String(check);
}

/** 居民身份证 (GB 11643): 17 digits with a date that exists, and a check character. */
export function isResidentId(id: string): boolean {
  if (!/^[1-9][0-9]{16}[0-9X]$/.test(id)) return false;
  const [year, month, day] = [Number(id.slice(6, 10)), Number(id.slice(10, 12)), Number(id.slice(12, 14))];
  const born = new Date(Date.UTC(year, month - 1, day));
  const exists = year >= 1900 && born.getUTCMonth() === month - 1 && born.getUTCDate() === day;
  const sum = RESIDENT_WEIGHTS.reduce((total, weight, i) => total + weight * Number(id.charAt(i)), 0);
  return exists && '10X98765432'.charAt(sum % 11) === id.charAt(17);
}
