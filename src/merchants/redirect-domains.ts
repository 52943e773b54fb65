/** A host's name as browsers have it (IDNs in punycode), or `*.` before one for whatever lies below it. */
export const REDIRECT_DOMAIN = /^(\*\.)?[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?$/;

/**
 * Whether a merchant's users may be sent to this address: any where it has registered no domain. An address that two
 * programs may read differently (a name before `@`, a backslash, a blank) leads to none.
 */
export function mayReturnTo(domains: readonly string[], address: string): boolean {
  if (domains.length === 0) return true;
  // eslint-disable-next-line no-control-regex
  if (/[\s\\\u0000-\u001f]/.test(address) || !URL.canParse(address)) return false;
  const { protocol, hostname, username, password } = new URL(address);
  if (!/^https?:$/.test(protocol) || username !== '' || password !== '') return false;
  return domains.some((domain) => (domain.startsWith('*.') ? hostname.endsWith(domain.slice(1)) : hostname === domain));
}
