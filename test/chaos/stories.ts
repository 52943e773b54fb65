import { createHash } from 'node:crypto';
import { WIRE_PATHS, WireInsert } from '../../src/wechat/wire';
import { InsertRequest, keyOf, OurOrder, SandboxLedger, SandboxRequest, Story } from './story';

/** Puts the two ledgers side by side, order by order. What only one of them knows is a story too. */
export function storiesOf(
  ours: ReadonlyMap<string, OurOrder>,
  ledger: SandboxLedger,
  accepted: Iterable<string> = [],
): Story[] {
  const stories = new Map<string, Story>();
  const of = (key: string): Story => {
    const known = stories.get(key);
    if (known) return known;
    const slash = key.indexOf('/');
    const [appid, orderId] = [key.slice(0, slash), key.slice(slash + 1)];
    const story: Story = { appid, orderId, accepted: false, ours: ours.get(key) ?? null, cards: [], requests: [] };
    stories.set(key, story);
    return story;
  };
  for (const key of ours.keys()) of(key);
  for (const key of accepted) of(key).accepted = true;
  for (const card of ledger.cards) of(keyOf(card.appid, card.order_id)).cards.push(card);
  for (const request of ledger.requests) {
    if (request.path !== WIRE_PATHS.insert || request.order_id === undefined) continue;
    const read = readInsert(request);
    of(keyOf(read.appid, request.order_id)).requests.push(read.request);
  }
  for (const { appid, order_id, state } of ledger.authorizations) {
    const story = stories.get(keyOf(appid ?? '', order_id));
    if (story) story.authorization = state;
  }
  return [...stories.values()];
}

function readInsert({ body, ...rest }: SandboxRequest): { appid: string; request: InsertRequest } {
  const request = { ...rest, at: Date.parse(rest.at) };
  if (typeof body !== 'object' || body === null) return { appid: rest.appid ?? '', request };
  const sent = body as WireInsert;
  // The service writes what JSON.stringify gives: read and written again, the bytes are the same.
  const sha256 = createHash('sha256').update(JSON.stringify(sent)).digest('hex');
  const { s_pdf_media_id: _pdf, s_trip_pdf_media_id: _trip, ...facts } = sent.card_ext.user_card.invoice_user_data;
  const content = JSON.stringify([sent.order_id, sent.appid, sent.card_id, facts]);
  return { appid: sent.appid, request: { ...request, sha256, content } };
}
