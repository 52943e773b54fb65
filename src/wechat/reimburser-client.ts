import { Answer } from './answer';
import { json } from './client';
import { encryptCodeOf } from './encrypt-code';
import { Transport } from './transport';
import { ReimburseStatus, WIRE_PATHS } from './wire';

/** What a user hands over when he shows an invoice: the two together name one card. */
export interface ShownCard {
  card_id: string;
  encrypt_code: string;
}

/** The reimburser's endpoints (报销方) as they are. Like the rest it never retries. */
export class ReimburserClient {
  constructor(
    private readonly transport: Transport,
    private readonly timeoutMs: number,
  ) {}

  getinvoiceinfo(accessToken: string, card: ShownCard): Promise<Answer> {
    return this.post(WIRE_PATHS.getinvoiceinfo, accessToken, asSent(card), 'user_info');
  }

  getinvoicebatch(accessToken: string, cards: ShownCard[]): Promise<Answer> {
    return this.post(WIRE_PATHS.getinvoicebatch, accessToken, { item_list: cards.map(asSent) }, 'item_list');
  }

  updateinvoicestatus(accessToken: string, card: ShownCard, status: ReimburseStatus): Promise<Answer> {
    return this.post(WIRE_PATHS.updateinvoicestatus, accessToken, { ...asSent(card), reimburse_status: status });
  }

  /** All cards change or none does; they belong to one user, named as this account knows him. */
  updatestatusbatch(accessToken: string, openid: string, cards: ShownCard[], status: ReimburseStatus): Promise<Answer> {
    const body = { openid, reimburse_status: status, invoice_list: cards.map(asSent) };
    return this.post(WIRE_PATHS.updatestatusbatch, accessToken, body);
  }

  private post(path: string, accessToken: string, body: object, successField: string | null = null): Promise<Answer> {
    return this.transport.call({
      method: 'POST',
      path,
      query: { access_token: accessToken },
      contentType: 'application/json',
      body: json(body),
      successField,
      timeoutMs: this.timeoutMs,
    });
  }
}

function asSent({ card_id, encrypt_code }: ShownCard): ShownCard {
  return { card_id, encrypt_code: encryptCodeOf(encrypt_code) ?? encrypt_code };
}
