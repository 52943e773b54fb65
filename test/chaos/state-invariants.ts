import { INSERTION_STATES } from '../../src/domain/insertion';
import { Invariant, list, ofOurs } from './invariant';
import { OurOrder, SandboxCard, Story } from './story';

const WITH_CARD = ['inserted', 'cancelled'];
const WITHOUT_CARD = ['refused', 'rejected'];
/** How an end may be left. */
const EXITS: Record<string, string[]> = { inserted: ['cancelled'], refused: ['accepted'], rejected: [], cancelled: [] };

/** What our tables say of an order beside what lies in wallets, and whether they tell it whole. */
export const STATE_INVARIANTS: readonly Invariant[] = [
  { id: 'V1', name: 'at most one card', broken: duplicates },
  ofOurs('V5', 'ends are not left', ends),
  ofOurs('V6', 'truthful: an end says what lies in the wallet', untruthful),
  { id: 'V7', name: 'no loss: what was taken is there, and what is in the wallets is known', broken: lost },
  ofOurs('V7', 'no loss: in the end every order is at rest', restless),
  ofOurs('V8', 'code honesty: a known code is the card’s, and no code is invented or dropped', codes),
  ofOurs('V9', 'one event for one transition, without a gap', events),
];

function duplicates({ cards }: Story): string[] {
  return list(cards.length > 1 && `${cards.length} cards: ${cards.map(({ code }) => code).join(', ')}`);
}

function ends({ events }: OurOrder): string[] {
  const transitions = events.filter(({ type }) => isState(type));
  return transitions.slice(1).flatMap(({ type, seq }, index) => {
    const before = (transitions[index] as { type: string }).type;
    const legal = EXITS[before];
    return list(legal && type !== before && !legal.includes(type) && `event ${seq} goes from ${before} to ${type}`);
  });
}

function isState(type: string): boolean {
  return (INSERTION_STATES as readonly string[]).includes(type);
}

function untruthful(ours: OurOrder, { cards }: Story): string[] {
  const { state } = ours;
  return [
    ...list(
      WITH_CARD.includes(state) && cards.length !== 1 && `${state}, with ${cards.length} cards`,
      WITHOUT_CARD.includes(state) && cards.length > 0 && `${state}, with ${cards.length} cards`,
    ),
    ...cards.flatMap((card) => list(!isOf(ours, card) && `card ${card.code} is of another invoice or PDF`)),
  ];
}

/** Legacy invoices may have number and code the other way round, by a setting. */
function isOf({ invoiceNumber, pdfSha256 }: OurOrder, card: SandboxCard): boolean {
  return card.pdf_sha256 === pdfSha256 && [card.billing_no, card.billing_code].includes(invoiceNumber);
}

function lost({ ours, accepted, cards, requests }: Story): string[] {
  if (ours) return list(ours.state === 'no insertion' && 'an order without its insertion');
  return list(
    accepted && 'answered 2xx, and not in the database',
    cards.length > 0 && `${cards.length} cards for an order nobody knows`,
    requests.length > 0 && `${requests.length} requests for an order nobody knows`,
  );
}

function restless(ours: OurOrder, { authorization }: Story, { settled }: { settled?: boolean }): string[] {
  const { state, reason, pdfStored } = ours;
  const waits = state === 'awaiting_authorization';
  const atRest = [...WITH_CARD, ...WITHOUT_CARD, 'needs_human'].includes(state);
  return list(
    !pdfStored && 'its PDF is not there as it was accepted',
    settled && !atRest && !waits && `still ${state}`,
    settled && waits && authorization === 'AUTHED' && 'awaits an authorisation that was given',
    state === 'needs_human' && !reason && 'handed to a person without a reason',
  );
}

function codes({ state, cardCode, cardCodeState, lateCodes }: OurOrder, { cards }: Story): string[] {
  const wanted = WITH_CARD.includes(state) ? ['known', 'unknown'] : ['none'];
  const codes = cards.map(({ code }) => code);
  return list(
    !wanted.includes(cardCodeState) && `${state}, with a code that is ${cardCodeState}`,
    (cardCode !== null) !== (cardCodeState === 'known') && `the code is ${cardCodeState}, and it is ${cardCode}`,
    cardCode !== null && !codes.includes(cardCode) && `${cardCode} is the code of no card of this order`,
    cardCodeState === 'unknown' &&
      lateCodes.length > 0 &&
      `a late answer said ${lateCodes[0]}, and the code is unknown`,
  );
}

function events({ state, attemptCount, eventCount, events }: OurOrder): string[] {
  const seqs = events.map(({ seq }) => seq);
  const last = events.findLast(({ type }) => isState(type))?.type;
  const sent = events.filter(({ type }) => type === 'sending').length;
  return list(
    seqs.join() !== Array.from({ length: eventCount }, (_, i) => i + 1).join() &&
      `${eventCount} events are counted, and those written down are ${seqs.join() || 'none'}`,
    state !== 'no insertion' && last !== state && `the state is ${state}, and the last event says ${last}`,
    sent !== attemptCount && `${attemptCount} attempts, and ${sent} events that say so`,
  );
}
