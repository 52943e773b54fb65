import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { Chance } from '../../src/sandbox/state/chance';
import { APPID, KEY } from '../support/world';
import { PlannedOrder } from './orders';
import { keyOf } from './story';

const HANDS = 24;
const PATIENCE_MS = 5000;

/** Posts each order until the service has taken it: whatever goes wrong, the same body again. */
export class Merchant {
  /** Natural keys of the orders that were answered 2xx. */
  readonly accepted = new Set<string>();
  /** How often each status was answered; 0 stands for no answer. */
  readonly answers: Record<string, number> = {};
  /** Answers that a caller who does everything right must never get. */
  readonly faults: string[] = [];
  private next = 0;

  constructor(
    private readonly orders: readonly PlannedOrder[],
    private readonly urls: readonly string[],
    private readonly chance: Chance,
    /** How many of the orders may be posted by now. */
    private readonly allowed: () => number,
  ) {}

  async postAll(): Promise<void> {
    await Promise.all(Array.from({ length: HANDS }, () => this.work()));
  }

  private async work(): Promise<void> {
    while (this.next < this.orders.length) {
      if (this.next >= this.allowed()) {
        await sleep(20);
        continue;
      }
      const order = this.orders[this.next] as PlannedOrder;
      this.next += 1;
      await Promise.all(order.twice ? [this.post(order), this.post(order)] : [this.post(order)]);
    }
  }

  private async post({ orderId, body }: PlannedOrder): Promise<void> {
    for (;;) {
      const { status, text } = await this.send(body);
      this.answers[status] = (this.answers[status] ?? 0) + 1;
      if (status === 200 || status === 202) {
        this.accepted.add(keyOf(APPID, orderId));
        return;
      }
      // 503 says: come again. Anything else would be a wrong answer to a faultless order.
      if (status !== 0 && status !== 503) {
        this.faults.push(`${orderId} was answered ${status}: ${text.slice(0, 500)}`);
        if (status < 500) return;
      }
      await sleep(50 + this.chance.int(200));
    }
  }

  private async send(body: string): Promise<{ status: number; text: string }> {
    const url = this.urls[this.chance.int(this.urls.length)] as string;
    try {
      const answer = await request(`${url}/v1/orders`, {
        method: 'POST',
        headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
        body,
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      return { status: answer.statusCode, text: await answer.body.text() };
    } catch {
      return { status: 0, text: '' };
    }
  }
}
