import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

/**
 * Field encryption at rest: AES-256-GCM, random 96-bit nonce, bound by its AAD to one table and row, so that a value
 * copied to another row does not open. Layout: version 1 · key id 4 · nonce 12 · tag 16 · ciphertext.
 */
export class Sealer {
  private readonly keys = new Map<string, Buffer>();
  private readonly currentId: string;

  /** Keys are 32 bytes in base64; the first one writes, all of them read. */
  constructor(current: string, previous: string | null = null) {
    this.currentId = this.add(current);
    if (previous) this.add(previous);
  }

  /** `aad` is `table|id`. */
  seal(plain: string, aad: string): Buffer {
    const key = this.keys.get(this.currentId) as Buffer;
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(aad));
    const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
    return Buffer.concat([Buffer.from([1]), Buffer.from(this.currentId, 'hex'), nonce, cipher.getAuthTag(), body]);
  }

  /** Throws when the key is not here, or the value was altered or moved. */
  open(sealed: Buffer, aad: string): string {
    const key = this.keys.get(sealed.subarray(1, 5).toString('hex'));
    if (sealed[0] !== 1 || !key) throw new Error('a sealed value needs a MASTER_KEY that is not configured');
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(5, 17)).setAAD(Buffer.from(aad));
    decipher.setAuthTag(sealed.subarray(17, 33));
    return Buffer.concat([decipher.update(sealed.subarray(33)), decipher.final()]).toString('utf8');
  }

  private add(base64: string): string {
    const key = Buffer.from(base64, 'base64');
    const id = createHash('sha256').update(key).digest('hex').slice(0, 8);
    this.keys.set(id, key);
    return id;
  }
}
