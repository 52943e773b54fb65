/**
 * A stored value that cannot be opened. key_missing: its key is in use and not given to this process, another one may open
 * it; damaged: it was altered or moved, or its key is gone for good. `of` is its table and row, `keyId` names the key that
 * sealed it; the content is never told.
 */
export class LostValue extends Error {
  constructor(
    readonly why: 'key_missing' | 'damaged',
    readonly keyId: string,
    readonly of: string,
  ) {
    super(`${of} cannot be opened (${why}, key ${keyId}); see MASTER_KEY and MASTER_KEY_PREVIOUS`);
  }
}
