import { InsertionState, newInsertion } from '../../src/domain/insertion';
import { Setting, stepsFrom } from './steps';
import { keyOf, World } from './world';

export type Broken = 'V1' | 'V4' | 'V6' | 'V9';

export interface Exploration {
  states: number;
  /** For each promise that can be broken, the shortest way to break it. */
  broken: Partial<Record<Broken, string[]>>;
  /** States the order was seen in: proof that the exploration got there. */
  seen: Set<InsertionState>;
}

/** Where an order may go; written down from the promise, not from the program. Ends are not left, but by a person. */
const EDGES: Record<InsertionState, InsertionState[]> = {
  accepted: ['sending', 'needs_human', 'inserted'],
  uploaded: ['sending', 'accepted', 'needs_human', 'inserted'],
  sending: [
    'accepted',
    'uploaded',
    'awaiting_authorization',
    'in_doubt',
    'likely_inserted',
    'needs_human',
    'inserted',
    'refused',
    'rejected',
  ],
  awaiting_authorization: ['sending', 'needs_human', 'inserted'],
  in_doubt: ['sending', 'inserted', 'needs_human'],
  likely_inserted: ['sending', 'inserted', 'needs_human'],
  needs_human: ['inserted', 'accepted', 'uploaded'],
  inserted: [],
  refused: ['accepted'],
  rejected: [],
  cancelled: [],
};

/**
 * Breadth first through every world that can be reached: what is found first is found by the shortest way. Where promises
 * are expected to break, it is over once they have.
 */
export function explore(setting: Setting, expected: readonly Broken[] = []): Exploration {
  const first: World = {
    row: {
      insertion: newInsertion(),
      claimed: false,
      leaseOver: false,
      crashes: 0,
      quiet: false,
      evidence: false,
      revision: 0,
    },
    workers: [{ at: 'idle' }, { at: 'idle' }],
    requests: [],
    cards: 0,
    shown: 0,
    sends: 0,
    deaths: 0,
  };
  const origin = new Map<string, { from: string | null; says: string }>([[keyOf(first), { from: null, says: '' }]]);
  const broken: Exploration['broken'] = {};
  const seen = new Set<InsertionState>();
  let front: [string, World][] = [[keyOf(first), first]];
  const over = () => expected.length > 0 && expected.every((promise) => broken[promise]);
  while (front.length > 0 && !over()) {
    const next: [string, World][] = [];
    for (const [from, world] of front) {
      seen.add(world.row.insertion.state);
      for (const { says, to } of stepsFrom(world, setting)) {
        const key = keyOf(to);
        if (origin.has(key)) continue;
        origin.set(key, { from, says });
        for (const promise of violations(world, to)) broken[promise] ??= wayTo(key, origin);
        next.push([key, to]);
      }
    }
    front = next;
  }
  return { states: origin.size, broken, seen };
}

/**
 * V1: at most one card. V4: other content is sent only where what was sent before made no card and never will. V6: an end is true. V9: every step of the row is a legal one, and what is told of an end stays
 * told: so each state has exactly one event.
 */
function violations(before: World, { row, cards, requests, sends }: World): Broken[] {
  const { state } = row.insertion;
  const was = before.row.insertion.state;
  const broken: Broken[] = [];
  if (cards > 1) broken.push('V1');
  const sent = sends > before.sends ? requests.at(-1) : undefined;
  const others = before.requests.some(({ revision }) => revision !== sent?.revision);
  if (sent && (others || (before.cards > 0 && before.shown !== sent.revision))) broken.push('V4');
  if (state === 'inserted' && cards !== 1) broken.push('V6');
  if ((state === 'refused' || state === 'rejected') && cards > 0) broken.push('V6');
  if (state !== was && !EDGES[was].includes(state)) broken.push('V9');
  return broken;
}

function wayTo(key: string, origin: Map<string, { from: string | null; says: string }>): string[] {
  const way: string[] = [];
  for (let at = origin.get(key); at && at.from !== null; at = origin.get(at.from)) way.unshift(at.says);
  return way;
}
