/** Ids of WeChat's have 12 to 28 characters; what is much longer is none. */
const ID = /^\w[\w-]{0,63}$/;
/** A token or a ticket; WeChat advises room for 512 characters. */
const SECRET = /^[\x21-\x7e]{1,2048}$/;

/** A card's code, a media id, an openid: letters and digits. Null: what stands there is none, and nothing may be built on it. */
export function plainId(value: unknown): string | null {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  return typeof text === 'string' && ID.test(text) ? text : null;
}

/** A token or a ticket, as it can stand in an address; null: it is none. */
export function plainSecret(value: unknown): string | null {
  return typeof value === 'string' && SECRET.test(value) ? value : null;
}

/** Not there, which is another thing than there and damaged. */
export function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}
