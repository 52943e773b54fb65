import { loadConfig } from '../../src/config';
import { dataSourceFor } from '../../src/data/data-source';
import { run as claimed } from '../../src/data/statement';
import { CLAIM } from '../../src/insertion/insertion.queue';
import { makeLog } from '../../src/log';
import { Service, startService } from '../../src/service';
import { query } from '../support/databases';
import { order } from '../support/orders';
import { environment, Json, World } from '../support/world';

const SETPDF = '/card/invoice/platform/setpdf';
const INSERT = '/card/invoice/insert';

/** Orders are taken by a process that inserts nothing, and lie in the database as a test wants them. */
describe('before anything is sent', () => {
  let world: World;
  let worker: Service | null = null;
  beforeAll(async () => {
    world = await World.start({ env: { ROLE: 'api' } });
    await world.control('PUT', '/profile', { authorizations: 'implied' });
  });
  afterEach(async () => {
    await worker?.close();
    worker = null;
  });
  afterAll(() => world.end());

  const work = async () => {
    const config = loadConfig(environment(world.databaseUrl, world.sandbox.url, { ROLE: 'worker' }));
    worker = await startService(config, makeLog('silent'));
  };
  const run = (text: string, values: unknown[]) => query<Json>(world.databaseUrl, text, values);
  const take = async () => {
    const given = order();
    const { body } = await world.post('/v1/orders', given).expect(202);
    return {
      orderId: given.order_id,
      id: (body as { id: string }).id,
      pdf: Buffer.from(given.pdf as string, 'base64'),
    };
  };
  const uploadsSince = async (count: number) => (await world.requests(SETPDF)).slice(count);

  it('a stored PDF of which one bit has turned is not sent: a person is asked', async () => {
    const [damaged, whole] = [await take(), await take()];
    await run('UPDATE pdfs SET body = set_bit(body, 77, 1 - get_bit(body, 77)) WHERE id = $1', [damaged.id]);
    await work();
    expect(await world.until(damaged.orderId, ['needs_human', 'inserted'])).toMatchObject({
      state: 'needs_human',
      insertion: { reason: 'stored_pdf_damaged', attempts: [] },
    });
    await world.until(whole.orderId, ['inserted']);
    expect((await world.requests(SETPDF)).map(({ upload }) => (upload as Json).size as number)).toEqual([
      whole.pdf.length,
    ]);
    expect(await world.requests(INSERT, damaged.orderId)).toEqual([]);
  });

  it('an upload older than 66 hours is made again; a younger one serves', async () => {
    const before = (await world.requests(SETPDF)).length;
    const [old, young] = [await take(), await take()];
    await work();
    for (const { orderId } of [old, young]) await world.until(orderId, ['inserted']);
    await worker?.close();
    const [again, once] = [await take(), await take()];
    for (const [{ id }, of, hours] of [
      [again, old, 66.01],
      [once, young, 65.9],
    ] as const) {
      await run(
        `UPDATE insertions SET state = 'uploaded', media_id = w.media_id, uploaded_at = now() - make_interval(secs => $3)
           FROM (SELECT media_id FROM insertions WHERE id = $2) w WHERE id = $1`,
        [id, of.id, hours * 3600],
      );
    }
    await work();
    for (const { orderId } of [again, once]) await world.until(orderId, ['inserted', 'needs_human', 'refused']);
    expect(await uploadsSince(before)).toHaveLength(3);
  });

  it('an order whose workers die over it, three times in a row, goes to a person; one that dies twice goes on', async () => {
    const [poison, unlucky] = [await take(), await take()];
    // A process that is killed leaves a claim and nothing else.
    const dataSource = await dataSourceFor(world.databaseUrl, { poolSize: 1 }).initialize();
    const claim = async (count: number) => {
      expect(await claimed(dataSource, CLAIM, [count, 'dead', 0, '{}', [], '{}'])).toHaveLength(count);
    };
    try {
      await claim(2);
      await claim(2);
      await run(`UPDATE insertions SET due_at = now() + interval '1 hour' WHERE id = $1`, [unlucky.id]);
      await claim(1);
    } finally {
      await dataSource.destroy();
    }
    await run('UPDATE insertions SET due_at = now() WHERE id = $1', [unlucky.id]);
    await work();
    expect(await world.until(poison.orderId, ['needs_human', 'inserted'])).toMatchObject({
      state: 'needs_human',
      insertion: { reason: 'crashed_repeatedly', attempts: [] },
    });
    await world.until(unlucky.orderId, ['inserted']);
    expect(await world.requests(INSERT, poison.orderId)).toEqual([]);
  });
});
