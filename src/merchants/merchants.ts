import { createHash } from 'node:crypto';
import { DataSource } from 'typeorm';
import { Merchant, MerchantKey } from '../data/entities/merchant';
import { Asking, Judged } from '../http/wrong-keys';

/** What the first merchant's key may do. */
export const MERCHANT_SCOPES = [
  'orders:write',
  'orders:read',
  'invoices:check',
  'reimbursements:write',
  'reimbursements:read',
  'webhooks:manage',
] as const;
/** `jsapi_ticket` is given by hand only: with it a page can sign for itself. */
export const ALL_SCOPES = [...MERCHANT_SCOPES, 'jsapi_ticket'] as const;
export type MerchantScope = (typeof ALL_SCOPES)[number];

/** Who calls. */
export interface Caller {
  keyId: string;
  merchantId: string;
  /** What the key is called, for the audit trail. */
  label: string;
  appid: string;
  cardId: string | null;
  issuerAppid: string;
  scopes: readonly string[];
  /** Codes of rules whose warnings it takes for errors, and of those whose errors it takes for warnings. */
  strict: readonly string[];
  relaxed: readonly string[];
  /** How its PDFs are checked; null: as the installation does. */
  pdfCheck: Merchant['pdfCheck'];
  /** Where its users may be sent after they have authorised; none: anywhere. */
  redirectDomains: readonly string[];
}

/** What a merchant's orders are judged and filled in by, whoever acts. */
export type MerchantTerms = Omit<Caller, 'keyId' | 'label' | 'scopes' | 'redirectDomains'>;

const CACHE_MS = 5000;
const HOUR_MS = 3_600_000;

export class Merchants {
  private readonly cache = new Map<string, { caller: Caller; until: number }>();

  constructor(private readonly dataSource: DataSource) {}

  /** The merchant of a key. */
  judge(key: string, asking: Asking): Promise<Judged<Caller>> {
    const keySha256 = createHash('sha256').update(key).digest();
    return this.caller(keySha256.toString('base64'), { keySha256 }, asking);
  }

  /** The merchant of a key under which something was given out that lives no longer than it; null: it lives no more. */
  async callerOfKey(id: string): Promise<Caller | null> {
    const judged = await this.caller(id, { id }, (ask) => ask());
    return 'owner' in judged ? judged.owner : null;
  }

  private async caller(
    cacheKey: string,
    which: { keySha256: Buffer } | { id: string },
    asking: Asking,
  ): Promise<Judged<Caller>> {
    const cached = this.cache.get(cacheKey);
    if (cached && cached.until > performance.now()) return { owner: cached.caller };
    this.cache.delete(cacheKey);
    const keys = this.dataSource.getRepository(MerchantKey);
    const ask = () => keys.findOne({ where: which, relations: { merchant: true } });
    // A key that was right a moment ago waits behind no flood of wrong ones.
    const found = await (cached ? ask() : asking(ask));
    if (!found) return { wrong: 'unknown' };
    if (found.revokedAt) return { wrong: 'revoked' };
    if (found.expiresAt && found.expiresAt <= new Date()) return { wrong: 'expired' };
    const { merchant, label, scopes } = found;
    const caller = {
      keyId: found.id,
      merchantId: merchant.id,
      label,
      appid: merchant.appid,
      cardId: merchant.cardId,
      issuerAppid: merchant.issuerAppid,
      scopes,
      strict: merchant.strict,
      relaxed: merchant.relaxed,
      pdfCheck: merchant.pdfCheck,
      redirectDomains: merchant.redirectDomains,
    };
    await this.noteUse(found);
    this.cache.set(cacheKey, { caller, until: performance.now() + CACHE_MS });
    return { owner: caller };
  }

  /** After a change: this process looks anew at once, others within five seconds. */
  forget(): void {
    this.cache.clear();
  }

  /** To the hour: a finer time would cost a write a call. */
  private async noteUse({ id, lastUsedAt }: MerchantKey): Promise<void> {
    if (lastUsedAt && Date.now() - lastUsedAt.getTime() < HOUR_MS) return;
    const hour = new Date(Math.floor(Date.now() / HOUR_MS) * HOUR_MS);
    await this.dataSource.getRepository(MerchantKey).update({ id }, { lastUsedAt: hour });
  }
}
