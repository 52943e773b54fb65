import { Readable } from 'node:stream';
import type { Card } from '../state/cards';
import { type RequestRecord, shownRequest } from '../state/ledger';
import type { Media } from '../state/media';
import type { Order } from '../state/orders';
import type { World } from '../state/world';

export interface LedgerFilter {
  /** Requests with a greater n only. */
  after?: number;
  /** At most this many requests, oldest first. */
  limit?: number;
  path?: string;
  order_id?: string;
}

/** The whole ledger as one JSON document, written piece by piece: it may be large. */
export function ledgerStream(world: World, filter: LedgerFilter): Readable {
  return Readable.from(ledgerText(world, filter));
}

function* ledgerText(world: World, filter: LedgerFilter): Generator<string> {
  const head = {
    now: new Date(world.clock.now()).toISOString(),
    seed: world.seed,
    totals: { requests: world.ledger.received, uploads: world.media.count, cards: world.cards.count },
  };
  yield JSON.stringify(head).slice(0, -1);
  yield* list('cards', world.cards.all(), shownCard, filter);
  yield* list('uploads', world.media.all(), shownMedia, {});
  yield* list('authorizations', world.orders.all(), shownOrder, filter);
  yield* list('requests', matching(world, filter), shownRequest, {});
  yield '}';
}

function* list<T extends object>(
  name: string,
  items: Iterable<T>,
  show: (item: T) => object,
  filter: LedgerFilter,
): Generator<string> {
  let chunk = `,"${name}":[`;
  let comma = '';
  for (const item of items) {
    if (filter.order_id !== undefined && (item as { order_id?: string }).order_id !== filter.order_id) continue;
    chunk += comma + JSON.stringify(show(item));
    comma = ',';
    if (chunk.length > 65_536) {
      yield chunk;
      chunk = '';
    }
  }
  yield `${chunk}]`;
}

function* matching(
  world: World,
  { after = 0, limit = Infinity, path, order_id }: LedgerFilter,
): Generator<RequestRecord> {
  let left = limit;
  for (const record of world.ledger.since(after)) {
    if (path !== undefined && record.path !== path) continue;
    if (order_id !== undefined && record.order_id !== order_id) continue;
    if (left <= 0) return;
    left -= 1;
    yield record;
  }
}

export function shownCard({ user_data: _, person: __, ...card }: Card): Record<string, unknown> {
  return { ...card, inserted_at: new Date(card.inserted_at).toISOString() };
}

function shownMedia(media: Media): Record<string, unknown> {
  return { ...media, uploaded_at: new Date(media.uploaded_at).toISOString() };
}

export function shownOrder({
  order_id,
  appid,
  s_pappid,
  state,
  openid,
  auth_time,
  money,
  source,
  type,
  rejected,
}: Order): Record<string, unknown> {
  return { order_id, appid, s_pappid, state, openid, auth_time, money, source, type, rejected };
}
