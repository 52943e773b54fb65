import { CallbackMode } from '../../src/wechat/callback-message';
import { APPID, Json } from '../support/world';
import { attempt, ORDER } from './damage';
import { ADMIN, AES_KEY, Pushes, seconds, TOKEN } from './pushes';

/** Over HTTP, in each mode. */
const COUNT = process.env.LONG ? 10_000 : 200;
const SIGNED = {
  plain: ['timestamp', 'nonce', 'signature'],
  compatible: ['timestamp', 'nonce', 'msg_signature'],
  safe: ['timestamp', 'nonce', 'msg_signature'],
} as const satisfies Record<CallbackMode, readonly string[]>;

describe('damaged, forged and misdirected requests', () => {
  let pushes: Pushes;
  beforeAll(async () => {
    pushes = await Pushes.start();
  });
  afterAll(() => pushes.world.end());
  beforeEach(() => pushes.forget());

  const setMode = (mode: CallbackMode) =>
    pushes.administrate('PUT', `/v1/admin/accounts/${APPID}/callback`, {
      mode,
      token: TOKEN,
      ...(mode === 'plain' ? {} : { encoding_aes_key: AES_KEY }),
    });

  /** Sends the n-th; what is wrong about how it was met, if anything, goes to `wrong`. */
  async function sendNth(n: number, mode: CallbackMode, now: number, statuses: Set<number>): Promise<string | null> {
    const aesKey = mode === 'plain' ? null : AES_KEY;
    const door = { appid: APPID, mode, token: TOKEN, aesKey, previousAesKey: null };
    const { what, query, body, genuine } = attempt(door, n, now);
    const given = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined);
    // A parameter that is given twice is none.
    const twice = n % 11 === 0 ? given.slice(0, 1) : [];
    const url = `${pushes.address}?${new URLSearchParams([...given, ...twice]).toString()}`;
    const { status } = await pushes.send({ url, body }, n % 3 === 0 ? null : 'application/json');
    statuses.add(status);
    const isSigned = SIGNED[mode].every((name) => query[name] === genuine.query[name]);
    const isWhole = genuine.encrypt === null || body.replaceAll('\\/', '/').includes(genuine.encrypt);
    return status === 200 && !(isSigned && isWhole && twice.length === 0) ? what : null;
  }

  it.each(['safe', 'compatible', 'plain'] as const)(
    `of ${COUNT} none is taken without a valid signature, and none gives a 5xx (%s)`,
    async (mode) => {
      await setMode(mode);
      const now = Number(seconds());
      const wrong: string[] = [];
      const statuses = new Set<number>();
      for (let n = 0; n < COUNT; n += 20) {
        const crowd = Array.from({ length: 20 }, (_, more) => sendNth(n + more, mode, now, statuses));
        wrong.push(...(await Promise.all(crowd)).filter((what) => what !== null));
      }
      expect(wrong).toEqual([]);
      // 413: too long · 414, 431: a query that the HTTP server itself does not take.
      expect([...statuses].filter((status) => ![200, 403, 413, 414, 431].includes(status))).toEqual([]);
      // Something was taken: the door is open to what is genuine.
      expect(statuses).toContain(200);
      if (mode === 'plain') return;

      // What was damaged outside the signed part is the one genuine push, and that once.
      expect((await pushes.settled(0)).length).toBeLessThanOrEqual(1);
      const stored = await pushes.world.get('/v1/admin/callbacks?limit=20', ADMIN).expect(200);
      for (const { id } of (stored.body as Json).items as Json[]) {
        const { says } = (await pushes.world.get(`/v1/admin/callbacks/${id as string}`, ADMIN).expect(200))
          .body as Json;
        expect(says).toMatchObject({ SuccOrderId: ORDER });
      }
    },
    900_000,
  );
});
