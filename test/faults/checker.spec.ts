import { checkStories } from '../chaos/checker';
import { Story } from '../chaos/story';
import { storiesOf } from '../chaos/stories';
import { BROKEN } from './broken-stories';
import { attempt, card, events, settledDoubt, story } from './made-up-stories';

const OPTIONS = { quietSeconds: 1, settled: true };
const found = (one: Story, options = OPTIONS) =>
  checkStories([one], options).map(({ invariant, says }) => `${invariant} ${says}`);

describe('the checker says nothing of a story that is whole', () => {
  const refused = { state: 'refused', reason: 'wechat_72031', cardCode: null, cardCodeState: 'none' };
  const refusedEvents = events('accepted', 'uploaded', 'sending', 'refused');
  const whole: [string, Story][] = [
    ['an order inserted at once', story()],
    ['a doubt settled by a probe', settledDoubt()],
    [
      'a refusal',
      story({ ...refused, attempts: [attempt(1, 1, 2, { outcome: 'refused' })], events: refusedEvents }, { cards: [] }),
    ],
    [
      'a person asked',
      story({
        state: 'needs_human',
        reason: 'probes_exhausted',
        cardCode: null,
        cardCodeState: 'none',
        attempts: [attempt(1, 1, 2, { outcome: 'unclear' })],
        events: events('accepted', 'uploaded', 'sending', 'needs_human'),
      }),
    ],
    [
      'an order posted but never seen by the sandbox',
      story(
        {
          state: 'awaiting_authorization',
          cardCode: null,
          cardCodeState: 'none',
          attemptCount: 0,
          eventCount: 2,
          attempts: [],
          events: events('accepted', 'awaiting_authorization'),
        },
        { cards: [], requests: [], authorization: undefined },
      ),
    ],
    [
      'an event that is no transition',
      story({ eventCount: 5, events: events('accepted', 'uploaded', 'sending', 'inserted', 'card_code_found') }),
    ],
    [
      'a cancelled card',
      story({
        state: 'cancelled',
        eventCount: 5,
        events: events('accepted', 'uploaded', 'sending', 'inserted', 'cancelled'),
      }),
    ],
  ];
  it.each(whole)('%s', (_name, one) => expect(found(one)).toEqual([]));
});

describe('the checker finds', () => {
  it.each(BROKEN)('%s', (_name, expected, one) =>
    expect(found(one)).toEqual(expect.arrayContaining([expect.stringContaining(expected)])),
  );

  it('nothing restless while things may still be on their way', () => {
    expect(found(story({ state: 'in_doubt' }), { ...OPTIONS, settled: false }).join()).not.toContain('still');
  });
});

it('puts two ledgers side by side, also what only one of them knows', () => {
  const ours = story().ours!;
  const ledger = { cards: [card({ order_id: 'O2', appid: 'wx2' })], requests: [], authorizations: [] };
  const stories = storiesOf(new Map([['wx1/O1', ours]]), ledger, ['wx1/O3']);
  expect(stories.map(({ appid, orderId, accepted, cards }) => [appid, orderId, accepted, cards.length])).toEqual([
    ['wx1', 'O1', false, 0],
    ['wx1', 'O3', true, 0],
    ['wx2', 'O2', false, 1],
  ]);
});
