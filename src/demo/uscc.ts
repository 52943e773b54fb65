const ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const USCC_WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
const ORGANISATION_WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2];

/**
 * A 统一社会信用代码 (GB 32100-2015) of a company registered with market supervision (91), with both check characters.
 * @param region six digits of the registering authority, GB/T 2260
 * @param organisation the first eight characters of the organisation code
 */
export function uscc(region: string, organisation: string): string {
  const body = `91${region}${organisation}${organisationCheck(organisation)}`;
  const sum = USCC_WEIGHTS.reduce((total, weight, i) => total + weight * ALPHABET.indexOf(body.charAt(i)), 0);
  return body + ALPHABET.charAt((31 - (sum % 31)) % 31);
}

/** The check character of an organisation code (GB 11714): letters count from A = 10, and here I, O, S, V, Z count too. */
function organisationCheck(organisation: string): string {
  const sum = ORGANISATION_WEIGHTS.reduce(
    (total, weight, i) => total + weight * parseInt(organisation.charAt(i), 36),
    0,
  );
  const check = 11 - (sum % 11);
  if (check === 10) return 'X';
  return check === 11 ? '0' : String(check);
}
