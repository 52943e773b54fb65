import { Sealer } from '../../src/data/sealed';
import { Sandbox, startSandbox } from '../../src/sandbox/sandbox';
import { createDatabase, query } from '../support/databases';
import { order } from '../support/orders';
import { program, startProcess } from '../support/process';
import { environment, Json, KEY } from '../support/world';

const KEYS = [1, 2, 3, 4].map((byte) => Buffer.alloc(32, byte).toString('base64')) as [string, string, string, string];
const IDS = KEYS.map((key) => new Sealer(key).currentKeyId);

const given = (current: number, ...previous: number[]) => ({
  MASTER_KEY: KEYS[current] as string,
  MASTER_KEY_PREVIOUS: previous.map((n) => KEYS[n]).join(','),
});

describe('the master key', () => {
  let sandbox: Sandbox;
  let database: { url: string; drop: () => Promise<void> };
  beforeAll(async () => {
    sandbox = await startSandbox({ calm: true, seed: 'keys' });
    await control('PUT', '/profile', { authorizations: 'implied' });
    database = await createDatabase();
  });
  afterAll(async () => {
    await sandbox.close();
    await database.drop();
  });

  const control = async (method: string, path: string, body?: Json) => {
    const answer = await fetch(sandbox.controlUrl + path, {
      method,
      ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}),
    });
    return (await answer.json().catch(() => ({}))) as Json;
  };
  const start = (env: Record<string, string>) => startProcess(database.url, sandbox.url, { LOG_LEVEL: 'info', ...env });
  /** Its answer says that it also hears signals. */
  const stop = async ({ child, code, url }: Awaited<ReturnType<typeof start>>) => {
    await fetch(`${url}/livez`);
    child.kill('SIGTERM');
    expect(await code).toBe(0);
  };
  const keys = (env: Record<string, string>, ...args: string[]) =>
    program('data/keys-main.js', args, environment(database.url, sandbox.url, env));
  const call = (url: string, path: string, body?: Json) =>
    fetch(url + path, {
      method: body ? 'POST' : 'GET',
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
  /** A person's order: its title is sealed too. */
  const personal = () => {
    const made = order();
    return { ...made, invoice: { ...(made.invoice as Json), remarks: `备注 ${made.order_id}` } } as Json & {
      order_id: string;
    };
  };

  it('is changed three times while orders are posted and inserted: each becomes a card, and old keys may go', async () => {
    const posted: (Json & { order_id: string })[] = [];
    let doors: string[] = [];
    let [busy, refusals] = [true, 0];
    const post = async () => {
      while (busy) {
        const given = personal();
        // As a merchant does: at whichever door is open, again until it is taken.
        for (let n = 0; ; n += 1) {
          const answer = await call(doors[n % doors.length] as string, '/v1/orders', given).catch(() => null);
          if (answer && answer.status < 300) break;
          refusals += Number(answer !== null && answer.status !== 503);
          await new Promise((resume) => setTimeout(resume, 20));
        }
        posted.push(given);
        await new Promise((resume) => setTimeout(resume, 30));
      }
    };
    let running = await start(given(0));
    doors = [running.url];
    const merchants = [post(), post(), post()];
    for (const rotation of [1, 2, 3]) {
      const before = posted.length;
      const next = await start(given(rotation, rotation - 1));
      // A rolling deployment: for a while both serve.
      doors = [running.url, next.url];
      await until(() => posted.length > before + 30);
      doors = [next.url];
      await stop(running);
      running = next;
      const first = await keys(given(rotation, rotation - 1), 'reseal');
      expect(first.stdout).toContain(`values sealed anew with ${IDS[rotation]}`);
      // The old process has told a moment ago that it seals with its key; as if it had ended long before.
      await query(database.url, `UPDATE sealing_keys SET seen_at = now() - interval '1 hour' WHERE key_id = $1`, [
        IDS[rotation - 1],
      ]);
      const again = await keys(given(rotation, rotation - 1), 'reseal');
      expect([again.exit, again.stdout]).toEqual([0, expect.stringContaining(`${IDS[rotation - 1]}: 0`)]);
    }
    busy = false;
    await Promise.all(merchants);
    await stop(running);

    // The last key alone opens everything.
    expect(await keys(given(3))).toMatchObject({ exit: 0, stdout: expect.not.stringContaining('✗') as string });
    running = await start(given(3));
    expect([posted.length > 90, refusals]).toEqual([true, 0]);
    for (const { order_id, invoice } of posted) {
      const seen = await inserted(running.url, order_id);
      expect([order_id, seen.invoice.remarks, seen.unreadable]).toEqual([
        order_id,
        (invoice as Json).remarks,
        undefined,
      ]);
    }
    const { cards } = await control('GET', '/ledger/cards');
    expect((cards as Json[]).map(({ order_id }) => order_id as string).sort()).toEqual(
      posted.map(({ order_id }) => order_id).sort(),
    );
    await stop(running);
  }, 300_000);

  const inserted = async (url: string, orderId: string): Promise<Json> => {
    for (const end = Date.now() + 30_000; ;) {
      const seen = (await (await call(url, `/v1/orders/${orderId}`)).json()) as Json;
      if (seen.state === 'inserted') return seen;
      if (Date.now() > end) throw new Error(`${orderId}: ${JSON.stringify(seen)}`);
      await new Promise((resume) => setTimeout(resume, 30));
    }
  };

  it('that is wrong, or lacks one in use, stops the start: one line names the key and where it is used', async () => {
    for (const env of [given(0), given(0, 1, 2)]) {
      const ran = await program('main.js', [], environment(database.url, sandbox.url, env));
      const lines = ran.stderr.split('\n').filter((line) => line.startsWith('  - '));
      expect([ran.exit, lines]).toEqual([
        1,
        [
          expect.stringMatching(
            new RegExp(`The key ${IDS[3]} is in use \\(.*accounts\\.secret.*orders\\.person.*\\) and not`),
          ),
        ],
      ]);
      expect(ran.stderr).not.toContain('    at ');
    }
    expect(await query(database.url, 'SELECT key_id FROM sealing_keys')).toEqual([{ key_id: IDS[3] }]);
    // Control: with the key beside the new one it starts.
    await stop(await start(given(0, 1, 3)));
  }, 150_000);

  it('that is lost for good can be given up by its name, and only then: the rest goes on without what it sealed', async () => {
    expect(await keys(given(0), 'forget', IDS[3] as string)).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('within 5 minutes') as string,
    });
    await query(database.url, `UPDATE sealing_keys SET seen_at = now() - interval '1 hour'`);
    expect((await keys(given(0))).stdout).toContain(`${IDS[3]}  `);
    expect(await keys(given(0), 'forget', IDS[3] as string)).toMatchObject({ exit: 0 });
    const service = await start(given(0));
    const { url } = service;
    const { items } = (await (await call(url, '/v1/orders?limit=5')).json()) as { items: Json[] };
    expect(items.map(({ unreadable }) => unreadable as string[])).toEqual(Array(5).fill(['invoice', 'holder']));
    const fresh = personal();
    expect((await call(url, '/v1/orders', fresh)).status).toBe(202);
    expect((await inserted(url, fresh.order_id)).unreadable).toBeUndefined();
    await stop(service);
  }, 150_000);
});

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resume) => setTimeout(resume, 20));
}
