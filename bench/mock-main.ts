import { MockWechat } from './mock-wechat';
import { serve } from './rpc';

const mock = new MockWechat();

/** The mock as a process of its own. */
serve({
  listen: () => mock.listen(),
  reset: (delayMs: number) => {
    mock.reset();
    mock.delayMs = delayMs;
  },
  delay: (delayMs: number) => {
    mock.delayMs = delayMs;
  },
  ledger: () => mock.ledger(),
  whenCards: ({ cards, timeoutMs }: { cards: number; timeoutMs: number }) => mock.whenCards(cards, timeoutMs),
});
