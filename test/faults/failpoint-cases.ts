/** How a place is brought to be passed. */
export type Way = 'order' | 'order read from the database' | 'held account' | 'late answer';

const STATEMENTS = ['accept', 'claim', 'intend', 'record'];
const HOLDS = ['hold', 'canaries', 'lift'];

/** Every named place of the product, with the way that passes it. */
export const PLACES: [place: string, way: Way][] = [
  ...STATEMENTS.flatMap((name) => steps(name, 'order')),
  ...steps('pdfs', 'order read from the database'),
  ...HOLDS.flatMap((name) => steps(name, 'held account')),
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

export const MODES = ['kill', 'throw', 'delay:2600'] as const;

/** The places around the two remote calls and the three commits: run at every test; the others in the long run. */
export const ALWAYS = new Set(
  [
    'accept.executed',
    'accept.committed',
    'intend.committed',
    'insert.answered',
    'carry.answered',
    'record.executed',
    'record.committed',
    'late.kept',
  ].map((place) => `${place}=kill`),
);
