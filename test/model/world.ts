import { Insertion } from '../../src/domain/insertion';
import { Outcome } from '../../src/domain/outcome';

/** One worker, alive or paused. A crash makes it idle: it remembers nothing. */
export type Worker =
  | { at: 'idle' }
  /** Has a lease; nothing is written yet. `holds`: nobody has taken the row over since. */
  | { at: 'claimed'; holds: boolean; insertion: Insertion; crashes: number; revision: number }
  /** The write-ahead is committed. `fresh`: by its own clock the lease has not run out. */
  | { at: 'intended'; holds: boolean; insertion: Insertion; fresh: boolean; revision: number }
  | { at: 'waiting'; holds: boolean; insertion: Insertion }
  | { at: 'answered'; holds: boolean; insertion: Insertion; outcome: Outcome };

/** The order's row in our database. */
export interface Row {
  insertion: Insertion;
  claimed: boolean;
  leaseOver: boolean;
  crashes: number;
  /** It becomes due only after the quiet period. */
  quiet: boolean;
  /** A late answer said that there is a card. */
  evidence: boolean;
  /** What the order says: at first, or as a person revised it. */
  revision: number;
}

/** A request that WeChat has and has not finished. `free`: it has looked, and found no card of this order. */
export interface Request {
  /** The worker that waits for its answer; null: nobody does any more. */
  owner: number | null;
  free: boolean | null;
  /** Of the content that it carries. */
  revision: number;
}

/** Everything there is: one order, two workers, WeChat. */
export interface World {
  row: Row;
  workers: readonly Worker[];
  requests: readonly Request[];
  /** In WeChat's own ledger. */
  cards: number;
  /** The revision that the first of them shows. */
  shown: number;
  sends: number;
  deaths: number;
}

/** Worlds with the same key are the same world. Instants are all one instant here, so only their presence counts. */
export function keyOf({ row, workers, requests, cards, shown, sends, deaths }: World): string {
  const { insertion, claimed, leaseOver, crashes, quiet, evidence, revision } = row;
  return [
    insertionKey(insertion),
    `${bits(claimed, leaseOver, quiet, evidence)}${crashes}${revision}`,
    // Which of the two is which makes no difference.
    ...workers
      .map(
        (worker, w) =>
          workerKey(worker) +
          requests
            .filter(({ owner }) => owner === w)
            .map(requestKey)
            .join(),
      )
      .sort(),
    requests
      .filter(({ owner }) => owner === null)
      .map(requestKey)
      .sort()
      .join(''),
    `${cards}${shown}${sends}${deaths}`,
  ].join('|');
}

const keys = new WeakMap<Insertion, string>();

/** What is never changed is described once: most steps leave the row as it was. */
function insertionKey(insertion: Insertion): string {
  let key = keys.get(insertion);
  if (key === undefined) keys.set(insertion, (key = described(insertion)));
  return key;
}

function described(insertion: Insertion): string {
  const {
    state,
    reason,
    tries,
    probes,
    reuploads,
    mediaId,
    doubtSince,
    doubtDenied,
    orderConsumed,
    waitingSince,
    cardCodeState,
    dueIn,
  } = insertion;
  return `${state}${reason ?? ''}${tries}${probes}${reuploads}${bits(!!mediaId, !!doubtSince, doubtDenied, orderConsumed, !!waitingSince)}${cardCodeState}${dueIn === null}`;
}

function requestKey({ free, revision }: Request): string {
  return (free === null ? 'r' : free ? 'f' : 'u') + revision;
}

function workerKey(worker: Worker): string {
  if (worker.at === 'idle') return '-';
  const more =
    worker.at === 'claimed'
      ? `${worker.crashes}${worker.revision}`
      : worker.at === 'intended'
        ? `${bits(worker.fresh)}${worker.revision}`
        : worker.at === 'answered'
          ? outcomeKey(worker.outcome)
          : '';
  // What a worker without its lease knew of the row decides nothing any more.
  return worker.holds ? `${worker.at}${insertionKey(worker.insertion)}${more}` : `${worker.at}-${more}`;
}

function outcomeKey(outcome: Outcome): string {
  return `${outcome.kind}${'cardCode' in outcome ? String(outcome.cardCode) : 'counted' in outcome ? outcome.counted : ''}`;
}

function bits(...flags: boolean[]): string {
  let all = '';
  for (const flag of flags) all += flag ? '1' : '0';
  return all;
}
