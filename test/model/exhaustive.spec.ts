import { Broken, Exploration, explore } from './explore';
import {
  BUSY_MEANS_FAILED,
  policyOf,
  REAL,
  REFUSAL_ENDS_DOUBT,
  REVISED_IN_DOUBT,
  SILENCE_MEANS_ABSENCE,
  TAKEOVER_SENDS_AGAIN,
} from './rules';
import { Setting } from './steps';

/** Two requests tell a first from a second; the long form, `LONG=1`, gives every case a third. */
const SENDS = process.env.LONG ? 3 : 2;

const probe = (given: Partial<Setting> & { quiet?: boolean }): Setting => ({
  sends: SENDS,
  rules: REAL,
  dedupe: 'atomic',
  guard: true,
  policy: policyOf('probe', given.quiet ?? true),
  ...given,
});
const strict = (dedupe: Setting['dedupe']) => probe({ dedupe, policy: policyOf('manual', true) });

const LONG: typeof CASES = process.env.LONG
  ? [
      [
        'revised by a person, WeChat looks first and writes later',
        probe({ revised: true, dedupe: 'look then write' }),
        [],
      ],
    ]
  : [];

/** One order, two workers, every interleaving of claims, crashes, pauses, lost, late and false answers. */
const CASES: [name: string, setting: Setting, broken: Broken[]][] = [
  ['as shipped', probe({ sends: 3 }), []],
  ['no guard', probe({ guard: false }), []],
  ['no quiet period', probe({ quiet: false }), []],
  ['neither guard nor quiet period', probe({ guard: false, quiet: false }), []],
  ['WeChat looks first and writes later', probe({ dedupe: 'look then write' }), []],
  ['strict', strict('atomic'), []],
  ['strict, WeChat looks first and writes later', strict('look then write'), []],
  ['strict, WeChat makes a card for each request', strict('none'), []],
  ['revised by a person', probe({ revised: true }), []],
  ['strict, revised by a person', probe({ revised: true, policy: policyOf('manual', true) }), []],
  ['denied by two people', probe({ denied: 'truly' }), []],
  [
    'strict, denied by two people, revised before',
    probe({ denied: 'truly', revised: true, policy: policyOf('manual', true) }),
    [],
  ],
  // What must break: it shows that the model can, and what each means is for.
  ['WeChat looks first, no guard', probe({ dedupe: 'look then write', guard: false }), ['V1']],
  ['WeChat looks first, no quiet period', probe({ dedupe: 'look then write', quiet: false }), ['V1']],
  ['WeChat makes a card for each request', probe({ dedupe: 'none' }), ['V1', 'V6']],
  [
    'a takeover sends again, WeChat makes a card for each request',
    probe({ dedupe: 'none', rules: TAKEOVER_SENDS_AGAIN }),
    ['V1', 'V6'],
  ],
  ['-1 is taken for failed', probe({ rules: BUSY_MEANS_FAILED }), ['V6']],
  ['a refusal ends a doubt', probe({ rules: REFUSAL_ENDS_DOUBT }), ['V6']],
  ['other content is sent although there is a doubt', probe({ revised: true, rules: REVISED_IN_DOUBT }), ['V4']],
  ['two people deny a card in error', probe({ denied: 'in error' }), ['V6']],
  ['silence is taken for absence', probe({ rules: SILENCE_MEANS_ABSENCE }), ['V6']],
];

describe('every way one order can go', () => {
  const found = new Map<string, Exploration>();

  it.each([...CASES, ...LONG])(
    '%s',
    (name, setting, broken) => {
      const result = explore(setting, broken);
      found.set(name, result);
      // Shown when it fails: the shortest way to break the promise.
      if (broken.length === 0) expect(result.broken).toEqual({});
      else expect(Object.keys(result.broken)).toEqual(expect.arrayContaining(broken));
    },
    120_000,
  );

  it('is looked at: more than a hundred thousand worlds, every state of an order among them', () => {
    const states = [...found.values()].reduce((sum, one) => sum + one.states, 0);
    console.log(`${states} states`, Object.fromEntries([...found].map(([name, one]) => [name, one.states])));
    expect(states).toBeGreaterThan(100_000);
    expect([...(found.get('as shipped') as Exploration).seen].sort()).toEqual(
      [
        'accepted',
        'uploaded',
        'sending',
        'awaiting_authorization',
        'in_doubt',
        'likely_inserted',
        'needs_human',
        'inserted',
        'refused',
      ].sort(),
    );
  });
});
