/** How a place is brought to be passed. */
export type Way =
  | 'order'
  | 'order read from the database'
  | 'held account'
  | 'held merchant'
  | 'late answer'
  | 'unanswered write-ahead';

const STATEMENTS = ['accept', 'beat', 'claim', 'intend', 'record'];
const HOLDS = ['hold_account', 'canaries', 'lift'];

/** Every named place of an order’s path, with the way that passes it. */
export const PLACES: [place: string, way: Way][] = [
  ...STATEMENTS.flatMap((name) => steps(name, 'order')),
  ...steps('pdfs', 'order read from the database'),
  ...HOLDS.flatMap((name) => steps(name, 'held account')),
  ...steps('hold_merchant', 'held merchant'),
  ...steps('reclaim', 'unanswered write-ahead'),
  ...['stable_token', 'setpdf', 'insert'].flatMap((api): [string, Way][] => [
    [`${api}.unsent`, 'order'],
    [`${api}.answered`, 'order'],
  ]),
  ...['token.locked', 'token.fetched', 'token.stored'].map((place): [string, Way] => [place, 'order']),
  ...['carry.claimed', 'carry.uploaded', 'carry.intended', 'carry.answered', 'carry.recorded'].map(
    (place): [string, Way] => [place, 'order'],
  ),
  ['insert.guarded', 'order'],
  ['post.checked', 'order'],
  ['post.stored', 'order'],
  ['late.kept', 'late answer'],
];

function steps(name: string, way: Way): [string, Way][] {
  return ['begun', 'executed', 'committed'].map((step) => [`${name}.${step}`, way]);
}

/** Places beside that path, each with its own story: test/admin/bulk-reinsertions.spec.ts. */
export const ELSEWHERE = ['bulk.begun'];

/** A place that throws or dawdles does so once; a process that is killed has no second time. */
export const MODES = ['kill', 'throw@1', 'delay:2600@1'] as const;

/** The places around the two remote calls and the three commits: run at every test; the others in the long run. */
export const ALWAYS = new Set([
  'accept.committed=kill',
  'intend.committed=kill',
  'insert.answered=kill',
  'record.committed=kill',
  'late.kept=kill',
  'hold_account.committed=kill',
  'hold_merchant.committed=kill',
  'reclaim.committed=kill',
  // The worker wakes up beside its own second claim of the order: both reach for the write-ahead at once.
  'pdfs.begun=delay:2600@1',
]);
