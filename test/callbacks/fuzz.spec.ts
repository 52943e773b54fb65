import { getSignature } from '@wecom/crypto';
import { CallbackDoor, CallbackMode, openCallback } from '../../src/wechat/callback-message';
import { readCallbackFields } from '../../src/wechat/callback-fields';
import { attempt, genuine, hole, HOSTILE, KEY, OTHER_KEY } from './damage';

const COUNT = process.env.LONG ? 100_000 : 3_000;
const NOW = 1_700_000_000;
const LONG_TEXT = HOSTILE.longText?.(60_000) ?? '';
const MODES: CallbackMode[] = ['safe', 'compatible', 'plain'];

function doorOf(mode: CallbackMode): CallbackDoor {
  const keys = mode === 'plain' ? null : KEY;
  return { appid: 'wx0000000000000001', mode, token: 'spamtest', aesKey: keys, previousAesKey: keys && OTHER_KEY };
}

/** What a way of opening pushes lets through that it must not, and what each of so many attempts cost it. */
function run(open: typeof openCallback, count: number, doors: CallbackDoor[]) {
  const holes: string[] = [];
  const costs: { n: number; door: CallbackDoor; ms: number }[] = [];
  for (let n = 0; n < count; n += 1) {
    const door = doors[n % doors.length] as CallbackDoor;
    const made = attempt(door, n, NOW);
    const began = performance.now();
    const push = open(door, made.query, made.body, NOW);
    costs.push({ n, door, ms: performance.now() - began });
    const wrong = hole(door, made, push);
    if (wrong) holes.push(wrong);
  }
  return { holes, costs };
}

/** The cheapest of five: what the work costs, not what else the machine was doing. */
function cheapest(work: () => unknown): number {
  const times = Array.from({ length: 5 }, () => {
    const began = performance.now();
    work();
    return performance.now() - began;
  });
  return Math.min(...times);
}

describe('damaged, forged and misdirected pushes', () => {
  // The previous key may open what is on its way; here it only adds another chance to go wrong.
  const doors = MODES.map((mode) => ({ ...doorOf(mode), previousAesKey: null }));

  it.each(MODES)('a genuine push is taken (%s)', (mode) => {
    for (const json of [true, false]) {
      const { query, body } = genuine(doorOf(mode), mode, json, NOW, 'n');
      expect(openCallback(doorOf(mode), query, body, NOW)).toMatchObject({ fields: { SuccOrderId: '1202933957956' } });
    }
  });

  it(`of ${COUNT} none is taken without a valid signature, none breaks anything, and none costs much more than the others`, () => {
    const { holes, costs } = run(openCallback, COUNT, doors);
    expect(holes).toEqual([]);
    // The yardstick is a long text that is simply read; what looked slow is measured again.
    const yardstick = cheapest(() => readCallbackFields(LONG_TEXT));
    const slowest = costs
      .toSorted((a, b) => b.ms - a.ms)
      .slice(0, 20)
      .map(({ n, door }) => {
        const { what, query, body } = attempt(door, n, NOW);
        return { what, times: cheapest(() => openCallback(door, query, body, NOW)) / yardstick };
      });
    expect(slowest.filter(({ times }) => times > 20)).toEqual([]);
  });

  it('a door that does not look at signatures is found out', () => {
    const careless: typeof openCallback = (door, query, body, now) => {
      const outer = readCallbackFields(body);
      const encrypt = outer.kind === 'fields' ? (outer.fields.Encrypt ?? '') : '';
      const { timestamp = '', nonce = '' } = query;
      const signature = getSignature(door.token, timestamp, nonce, '');
      const msg_signature = getSignature(door.token, timestamp, nonce, encrypt);
      return openCallback(door, { ...query, signature, msg_signature }, body, now);
    };
    const { holes } = run(careless, 600, doors);
    for (const mode of MODES) expect(holes.some((one) => one.includes(` ${mode} `))).toBe(true);
  });

  it.each(Object.entries(HOSTILE))('%s: four times the length costs no sixteen times the time', (_, make) => {
    const [short, long] = [make(15_000), make(60_000)];
    // Below a millisecond the clock and the collector are what is measured.
    const base = Math.max(
      cheapest(() => readCallbackFields(short)),
      1,
    );
    expect(cheapest(() => readCallbackFields(long)) / base).toBeLessThan(12);
  });
});
