import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { LostValue } from '../domain/lost-value';

/** Version 1, key id 4, nonce 12, tag 16. */
const HEAD_BYTES = 33;

/** What was sealed, or why it is lost; neither: nothing was sealed. */
export type Opened<T> = { value: T | null; lost: LostValue | null };

/** A file as its row has it; those that were stored before files were sealed are not. */
export interface StoredFile {
  body: Buffer;
  sealed: boolean;
}

/**
 * Field encryption at rest: AES-256-GCM, random 96-bit nonce, bound by its AAD to one table and row, so that a value
 * copied to another row does not open. Layout: version 1 · key id 4 · nonce 12 · tag 16 · ciphertext.
 */
export class Sealer {
  private readonly keys = new Map<string, Buffer>();
  readonly currentKeyId: string;
  /** Keys in use, by this or other processes, that are not here. */
  missing: ReadonlySet<string> = new Set();

  /** Keys are 32 bytes in base64; the first one writes, all of them read. `tell` hears of each value that does not open. */
  constructor(
    current: string,
    previous: readonly string[] = [],
    private readonly tell: (error: LostValue) => void = () => undefined,
  ) {
    this.currentKeyId = this.add(current);
    previous.forEach((key) => this.add(key));
  }

  hasKey(id: string): boolean {
    return this.keys.has(id);
  }

  keyIds(): string[] {
    return [...this.keys.keys()];
  }

  /** `aad` is `table|id`. */
  seal(plain: string | Buffer, aad: string): Buffer {
    const key = this.keys.get(this.currentKeyId) as Buffer;
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(aad));
    const bytes = typeof plain === 'string' ? Buffer.from(plain, 'utf8') : plain;
    const body = [cipher.update(bytes), cipher.final()];
    return Buffer.concat([
      Buffer.from([1]),
      Buffer.from(this.currentKeyId, 'hex'),
      nonce,
      cipher.getAuthTag(),
      ...body,
    ]);
  }

  /** Throws a LostValue. */
  open(sealed: Buffer, aad: string): string {
    return this.openBytes(sealed, aad).toString('utf8');
  }

  openBytes(sealed: Buffer, aad: string): Buffer {
    try {
      return this.decrypted(sealed, aad);
    } catch {
      const keyId = keyIdOf(sealed);
      const error = new LostValue(this.missing.has(keyId) ? 'key_missing' : 'damaged', keyId, aad);
      this.tell(error);
      throw error;
    }
  }

  /** JSON, for those who go on with the rest of what they know where a part is lost; who needs it uses `open`. */
  opened<T>(sealed: Buffer | null, aad: string): Opened<T> {
    if (!sealed) return { value: null, lost: null };
    try {
      return { value: JSON.parse(this.open(sealed, aad)) as T, lost: null };
    } catch (error) {
      if (error instanceof LostValue) return { value: null, lost: error };
      throw error;
    }
  }

  /** Null: it does not open. */
  textOf(sealed: Buffer, aad: string): string | null {
    try {
      return this.open(sealed, aad);
    } catch (error) {
      if (error instanceof LostValue) return null;
      throw error;
    }
  }

  /** A stored file. Throws a LostValue. */
  fileOf({ body, sealed }: StoredFile, aad: string): Buffer {
    return sealed ? this.openBytes(body, aad) : body;
  }

  private decrypted(sealed: Buffer, aad: string): Buffer {
    const key = this.keys.get(keyIdOf(sealed));
    if (sealed[0] !== 1 || sealed.length < HEAD_BYTES || !key) throw new Error('no key');
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(5, 17)).setAAD(Buffer.from(aad));
    decipher.setAuthTag(sealed.subarray(17, HEAD_BYTES));
    return Buffer.concat([decipher.update(sealed.subarray(HEAD_BYTES)), decipher.final()]);
  }

  private add(base64: string): string {
    const key = Buffer.from(base64, 'base64');
    const id = createHash('sha256').update(key).digest('hex').slice(0, 8);
    this.keys.set(id, key);
    return id;
  }
}

/** The id of the key that sealed a value: of SHA-256 over the key the first four bytes, in hexadecimal. */
export function keyIdOf(sealed: Buffer): string {
  return sealed.subarray(1, 5).toString('hex');
}
