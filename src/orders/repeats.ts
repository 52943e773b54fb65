import { Acceptance, Found } from './acceptance';
import { OrderDraft } from './order-draft';

/** What makes two posts the same order. */
export function keyOf({ merchantId, appid, orderId }: OrderDraft): string {
  return `${merchantId}|${appid}|${orderId}`;
}

/**
 * Of one order that is posted many times at once, one post goes to the database; what it finds there answers the others,
 * by their content. A merchant’s repeats take no place from anybody else.
 */
export class Repeats {
  private readonly onTheirWay = new Map<string, { draft: OrderDraft; found: Promise<Found> }>();

  constructor(private readonly find: (draft: OrderDraft) => Promise<Found>) {}

  async accept(draft: OrderDraft): Promise<Acceptance> {
    const key = keyOf(draft);
    for (;;) {
      const first = this.onTheirWay.get(key);
      if (!first) return this.lead(key, draft);
      const answer = answerTo(draft, first.draft, await first.found);
      if (answer) return answer;
    }
  }

  private async lead(key: string, draft: OrderDraft): Promise<Acceptance> {
    const found = this.find(draft);
    this.onTheirWay.set(key, { draft, found });
    try {
      return (await found).acceptance;
    } finally {
      this.onTheirWay.delete(key);
    }
  }
}

/** Null: what the first came to says nothing of other content. */
function answerTo(draft: OrderDraft, first: OrderDraft, { acceptance, stored }: Found): Acceptance | null {
  const same = draft.contentSha256.equals(first.contentSha256);
  if (!stored) return same ? acceptance : null;
  if (same && acceptance.kind === 'conflict') return acceptance;
  const pointers = same ? [] : stored.differs(draft);
  return pointers.length > 0 ? { kind: 'conflict', pointers } : { kind: 'replayed', id: stored.id };
}
