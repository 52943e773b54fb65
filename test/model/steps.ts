import { Insertion, Policy } from '../../src/domain/insertion';
import { Outcome } from '../../src/domain/outcome';
import { NOW, QUIET, Rules } from './rules';
import { Request, Row, Worker, World } from './world';

export interface Setting {
  /** How many requests may go out in all; then nothing is sent any more. */
  sends: number;
  rules: Rules;
  policy: Policy;
  /** How WeChat keeps one order from making two cards: in one step, by looking first and writing later, or not at all. */
  dedupe: 'atomic' | 'look then write' | 'none';
  /** A worker whose lease ran out, by its own clock, sends nothing. */
  guard: boolean;
  /** A person may begin the order anew with other content, where the rules allow it; once. */
  revised?: boolean;
  /** Two people may say of a doubtful order that there is no card, with no request on its way: truly, or in error. */
  denied?: 'truly' | 'in error';
}

export interface Step {
  says: string;
  to: World;
}

const MAX_DEATHS = 1;
/** More claims without a result than this are all the same: the third gives the order to a person. */
const MAX_CRASHES = 4;
const LOST: Outcome = { kind: 'unclear', reason: 'timeout', unknownCode: false };

/** Everything that can happen next. */
export function stepsFrom(world: World, setting: Setting): Step[] {
  const steps: Step[] = [];
  const then = (says: string, to: Partial<World>) => steps.push({ says, to: { ...world, ...to } });
  if (world.row.claimed && !world.row.leaseOver) then('the lease runs out', leaseRunsOut(world));
  if (setting.revised && world.row.revision === 0) revise(world, setting, then);
  if (setting.denied) deny(world, setting, then);
  world.workers.forEach((worker, w) => {
    const become = (says: string, next: Worker, more: Partial<World> = {}) =>
      then(`${w} ${says}`, { workers: replaced(more.workers ?? world.workers, w, next), ...without(more) });
    if (worker.at !== 'idle' && world.deaths < MAX_DEATHS) {
      become('dies', { at: 'idle' }, { deaths: world.deaths + 1, requests: abandoned(world.requests, w) });
    }
    switch (worker.at) {
      case 'idle':
        if (claimable(world)) claim(world, setting, become);
        break;
      case 'claimed':
        goOn(world, setting, worker, become);
        break;
      case 'intended':
        send(world, setting, worker, w, become);
        break;
      case 'waiting':
        become(
          'gives up waiting',
          { ...worker, at: 'answered', outcome: LOST },
          { requests: abandoned(world.requests, w) },
        );
        break;
      case 'answered':
        record(world, setting, worker, worker.outcome, become);
        break;
    }
  });
  world.requests.forEach((request, r) => process(world, setting, request, r, then));
  return steps;
}

function deny(world: World, setting: Setting, then: (says: string, to: Partial<World>) => void): void {
  const { rules, policy, denied } = setting;
  const { row, requests, cards } = world;
  if (requests.length > 0 || row.evidence || (cards > 0 && denied === 'truly')) return;
  const insertion = rules.advance(row.insertion, { kind: 'confirmedNotInserted' }, NOW, policy);
  if (insertion === row.insertion) return;
  const workers = world.workers.map((one) => fencedOut(one, setting));
  then('two people deny it', { row: present(row, insertion, 0), workers });
}

/** Settling moves the fence: whoever holds the row finds it taken. */
function revise(world: World, setting: Setting, then: (says: string, to: Partial<World>) => void): void {
  const { rules, policy } = setting;
  const insertion = rules.advance(world.row.insertion, { kind: 'reinserted', revised: true }, NOW, policy);
  if (insertion === world.row.insertion) return;
  const workers = world.workers.map((one) => fencedOut(one, setting));
  then('a person revises it', { row: { ...present(world.row, insertion, 0), revision: 1 }, workers });
}

type Become = (says: string, next: Worker, more?: Partial<World>) => void;
type Holding<At extends Worker['at']> = Extract<Worker, { at: At }>;

/** WeChat applies or drops within the quiet period whatever it has of us: so while it has something, quiet is not over. */
function claimable({ row, requests }: World): boolean {
  if (row.claimed) return row.leaseOver;
  return row.insertion.dueIn !== null && (!row.quiet || requests.length === 0);
}

function claim(world: World, setting: Setting, become: Become): void {
  const { row } = world;
  const workers = world.workers.map((one) => fencedOut(one, setting));
  const crashes = Math.min(row.crashes + Number(row.claimed), MAX_CRASHES);
  const claimed: Row = { ...row, claimed: true, leaseOver: false, crashes };
  const known = settled(row, setting);
  if (known !== row) return become('finds evidence', { at: 'idle' }, { row: known, workers });
  become(
    'claims',
    { at: 'claimed', holds: true, insertion: row.insertion, crashes, revision: row.revision },
    { row: claimed, workers },
  );
}

function goOn(world: World, setting: Setting, worker: Holding<'claimed'>, become: Become): void {
  const { rules, policy } = setting;
  const stop = rules.stopBeforeSending(worker.insertion, worker.crashes, NOW, policy);
  if (stop) return record(world, setting, worker, stop, become);
  if (!worker.holds) return become('finds its row taken', { at: 'idle' });
  const media: Outcome = { kind: 'uploaded', mediaId: 'm', tripMediaId: null, startedAt: NOW };
  const insertion = rules.startSending(rules.advance(worker.insertion, media, NOW, policy));
  const row = { ...world.row, insertion, leaseOver: false };
  become('writes ahead', { at: 'intended', holds: true, insertion, fresh: true, revision: worker.revision }, { row });
}

function send(
  world: World,
  { sends, guard, rules }: Setting,
  worker: Holding<'intended'>,
  w: number,
  become: Become,
): void {
  const { holds, insertion, fresh, revision } = worker;
  const answered = (outcome: Outcome): Worker => ({ at: 'answered', holds, insertion, outcome });
  if (guard && !fresh) {
    return become('was paused', answered({ kind: 'later', reason: 'paused', wait: 0, counted: false }));
  }
  become('cannot connect', answered({ kind: 'later', reason: 'not_sent', wait: 0, counted: true }));
  // Before its business WeChat looks at token and permission.
  become('is refused its token', answered(rules.verdict(40001)));
  if (world.sends >= sends) return;
  const requests: Request[] = [...world.requests, { owner: w, free: null, revision }];
  become('sends', { at: 'waiting', holds, insertion }, { requests, sends: world.sends + 1 });
}

function record(
  world: World,
  setting: Setting,
  worker: Holding<'claimed' | 'answered'>,
  outcome: Outcome,
  become: Become,
) {
  const { rules, policy } = setting;
  const { row } = world;
  const says = `records ${outcome.kind}`;
  if (worker.holds) {
    const insertion = rules.advance(worker.insertion, outcome, NOW, policy);
    const crashes = outcome.kind === 'orphaned' ? row.crashes : 0;
    return become(says, { at: 'idle' }, { row: settled(present(row, insertion, crashes), { rules, policy }) });
  }
  if (worker.at !== 'answered' || outcome.kind !== 'inserted') return become('comes too late', { at: 'idle' });
  const kept = settled({ ...row, evidence: true }, { rules, policy });
  // Settling moves the fence: whoever holds the row finds it taken.
  const workers =
    kept.insertion === row.insertion ? world.workers : world.workers.map((one) => fencedOut(one, setting));
  become(`${says} late`, { at: 'idle' }, { row: kept, workers });
}

/** Evidence of a card ends a doubt. */
function settled(row: Row, { rules, policy }: Pick<Setting, 'rules' | 'policy'>): Row {
  if (!row.evidence) return row;
  const insertion = rules.advance(row.insertion, { kind: 'cardFound', cardCode: '1' }, NOW, policy);
  return insertion === row.insertion ? row : present(row, insertion, 0);
}

/** What WeChat does with one request, and what the worker that waits for it sees of it. */
function process(
  world: World,
  setting: Setting,
  request: Request,
  r: number,
  then: (says: string, to: Partial<World>) => void,
) {
  const { dedupe, rules } = setting;
  const { cards } = world;
  const rest = world.requests.filter((_, index) => index !== r);
  const answer = (says: string, outcome: Outcome, made = 0) => {
    const shown = made > 0 && cards === 0 ? request.revision : world.shown;
    const known = { requests: rest, cards: cards + made, shown };
    const { owner } = request;
    if (owner === null) return then(says, known);
    const worker = world.workers[owner] as Holding<'waiting'>;
    const hears = (heard: Outcome) => ({
      ...known,
      workers: replaced(world.workers, owner, { ...worker, at: 'answered', outcome: heard }),
    });
    then(`${says}, heard by ${owner}`, hears(outcome));
    then(`${says}, lost`, hears(LOST));
  };
  if (request.free === null) {
    answer('WeChat drops it', LOST);
    answer('WeChat says -1 and does nothing', rules.verdict(-1));
    answer('WeChat refuses the data', rules.verdict(72031));
    answer('WeChat does not know the upload', rules.verdict(72081));
    answer('WeChat knows of no authorisation', rules.verdict(72038));
    if (cards > 0) answer('WeChat finds the invoice in a wallet', rules.verdict(72042));
  }
  if (dedupe === 'look then write' && request.free === null) {
    const looked = world.requests.map((one, index) => (index === r ? { ...one, free: cards === 0 } : one));
    return then('WeChat looks', { requests: looked });
  }
  const makes = dedupe === 'none' || (request.free ?? cards === 0);
  if (!makes) return answer('WeChat finds the order used', rules.verdict(72056));
  answer('WeChat makes a card', rules.verdict(0, '1'), 1);
  answer('WeChat makes a card and leaves its code out', rules.verdict(0), 1);
  answer('WeChat makes a card and says -1', rules.verdict(-1), 1);
}

function present(row: Row, insertion: Insertion, crashes: number): Row {
  return { ...row, insertion, crashes, claimed: false, leaseOver: false, quiet: (insertion.dueIn ?? 0) >= QUIET };
}

function leaseRunsOut(world: World): Partial<World> {
  const workers = world.workers.map((one) => (one.at === 'intended' ? { ...one, fresh: false } : one));
  return { row: { ...world.row, leaseOver: true }, workers };
}

/** A worker whose row was taken over: where nothing it can still do matters, it is as good as idle. */
function fencedOut(worker: Worker, { guard }: Setting): Worker {
  const harmless =
    worker.at === 'idle' ||
    worker.at === 'claimed' ||
    (worker.at === 'intended' && guard && !worker.fresh) ||
    (worker.at === 'answered' && worker.outcome.kind !== 'inserted');
  return harmless ? { at: 'idle' } : { ...worker, holds: false };
}

function abandoned(requests: readonly Request[], w: number): Request[] {
  return requests.map((one) => (one.owner === w ? { ...one, owner: null } : one));
}

function replaced(workers: readonly Worker[], w: number, next: Worker): Worker[] {
  return workers.map((one, index) => (index === w ? next : one));
}

function without({ workers: _, ...more }: Partial<World>): Partial<World> {
  return more;
}
