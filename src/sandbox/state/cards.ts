import { createHash } from 'node:crypto';
import type { ReimburseStatus } from '../../wechat/wire';
import type { Chance } from './chance';

/** One invoice in one user's 卡包. */
export interface Card {
  code: string;
  card_id: string;
  order_id: string;
  /** The appid that authorised the order. */
  appid: string;
  platform_appid: string;
  /** Its holder as the platform knows him, and whoever asks. */
  openid: string;
  person: string;
  status: ReimburseStatus;
  lock_owner?: string;
  title: string;
  fee: number;
  fee_without_tax: number;
  tax: number;
  billing_time: number | string;
  billing_no: string;
  billing_code: string;
  check_code: string;
  s_pdf_media_id: string;
  pdf_sha256: string;
  inserted_at: number;
  /** Number of the request that made it, in the ledger. */
  request_n: number;
  /** `invoice_user_data` as it was sent: what a reimburser reads. */
  user_data: Readonly<Record<string, unknown>>;
}

export class Cards {
  private readonly byCode = new Map<string, Card>();
  private readonly byOrder = new Map<string, Card[]>();
  private readonly byBilling = new Map<string, Card>();
  private readonly byPdf = new Set<string>();
  private readonly byEncryptCode = new Map<string, Card>();
  private latest: Card[] = [];

  constructor(private readonly chance: Chance) {}

  newCode(): string {
    let code: string;
    do code = String(this.chance.between(1, 9)) + this.chance.digits(11);
    while (this.byCode.has(code));
    return code;
  }

  add(card: Card): void {
    this.byCode.set(card.code, card);
    this.byBilling.set(invoiceKey(card.billing_no, card.billing_code), card);
    this.byPdf.add(card.pdf_sha256);
    this.byEncryptCode.set(encryptCodeOf(card.code), card);
    const siblings = this.byOrder.get(card.order_id);
    if (siblings) siblings.push(card);
    else this.byOrder.set(card.order_id, [card]);
    this.latest = [...this.latest.slice(-1), card];
  }

  get(code: string): Card | undefined {
    return this.byCode.get(code);
  }

  ofEncryptCode(encrypt_code: string): Card | undefined {
    return this.byEncryptCode.get(encrypt_code);
  }

  ofOrder(order_id: string): readonly Card[] {
    return this.byOrder.get(order_id) ?? [];
  }

  ofBilling(billing_no: string, billing_code: string): Card | undefined {
    return this.byBilling.get(invoiceKey(billing_no, billing_code));
  }

  hasPdf(sha256: string): boolean {
    return this.byPdf.has(sha256);
  }

  /** The newest card of any other order. */
  latestOfAnotherOrder(order_id: string | undefined): Card | undefined {
    return this.latest.findLast((card) => card.order_id !== order_id);
  }

  all(): IterableIterator<Card> {
    return this.byCode.values();
  }

  get count(): number {
    return this.byCode.size;
  }

  reset(): void {
    this.byCode.clear();
    this.byOrder.clear();
    this.byBilling.clear();
    this.byPdf.clear();
    this.byEncryptCode.clear();
    this.latest = [];
  }
}

/** An invoice is one whichever of the two fields holds its number: WeChat's own pages name them either way. */
function invoiceKey(billing_no: string, billing_code: string): string {
  return [billing_no, billing_code].sort().join('/');
}

/** What the user hands to a reimburser in place of the code: 44 characters of base64. */
export function encryptCodeOf(code: string): string {
  return createHash('sha256').update(`encrypt_code ${code}`).digest('base64');
}
