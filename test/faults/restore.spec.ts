import { loadConfig } from '../../src/config';
import { makeLog } from '../../src/log';
import { startService } from '../../src/service';
import { databaseUrl, onServer, query } from '../support/databases';
import { order } from '../support/orders';
import { environment, World } from '../support/world';

/** A copy of a database stands for a backup: it has another oid, as a restored one has. */
describe('a backup that is restored', () => {
  it('forgets cards that were made since, and neither makes them again nor calls them a conflict', async () => {
    const world = await World.start();
    const orders = Array.from({ length: 20 }, () => order());
    const name = `piaoka_test_restored_${process.pid}`;
    try {
      // Accepted, but not sent before the backup is taken.
      await world.control('POST', '/faults', [
        { path: '/card/invoice/platform/setpdf', mode: 'errcode', errcode: -1, applied: false, times: 20 },
      ]);
      await world.authorize(...orders.map(({ order_id }) => order_id));
      for (const one of orders) await world.post('/v1/orders', one).expect(202);
      const source = new URL(world.databaseUrl).pathname.slice(1);
      await query(world.databaseUrl, 'UPDATE insertions SET due_at = NULL');
      await world.service.close();
      await onServer(`CREATE DATABASE ${name} TEMPLATE ${source}`);
      await query(databaseUrl(name), `UPDATE insertions SET due_at = now() WHERE state NOT IN ('inserted')`);
      // One of them waited for a person, and still does.
      const [asked] = await query<{ id: string }>(
        databaseUrl(name),
        `UPDATE insertions SET state = 'needs_human', reason = 'retries_exhausted', due_at = NULL
          WHERE id = (SELECT min(id::text)::uuid FROM insertions) RETURNING id`,
      );

      // Life goes on after the backup: every order becomes a card.
      await query(
        world.databaseUrl,
        `UPDATE insertions SET due_at = now(), claimed_by = NULL WHERE state <> 'inserted'`,
      );
      const first = await restart(world.databaseUrl, world.sandbox.url);
      await settled(world.databaseUrl);
      await first.close();
      expect(await world.cards()).toHaveLength(20);

      const before = Date.now();
      const second = await restart(databaseUrl(name), world.sandbox.url);
      await settled(databaseUrl(name));
      await second.close();
      expect(await world.cards()).toHaveLength(20);
      const states = await query(
        databaseUrl(name),
        'SELECT state, card_code_state, reason FROM insertions GROUP BY 1, 2, 3 ORDER BY 1',
      );
      expect(states).toEqual([
        { state: 'inserted', card_code_state: 'unknown', reason: null },
        { state: 'needs_human', card_code_state: 'none', reason: 'retries_exhausted' },
      ]);
      expect(
        await query(
          databaseUrl(name),
          `SELECT due_at, doubt_since IS NOT NULL AS doubted FROM insertions WHERE id = $1`,
          [asked?.id],
        ),
      ).toEqual([{ due_at: null, doubted: true }]);
      // Nothing was sent before the quiet period had passed.
      const firstAttempt = await query<{ at: Date }>(
        databaseUrl(name),
        `SELECT min(started_at) AS at FROM attempts WHERE started_at > to_timestamp(${before / 1000})`,
      );
      expect((firstAttempt[0]?.at as Date).getTime() - before).toBeGreaterThanOrEqual(1000);
    } finally {
      await world.end().catch(() => undefined);
      await onServer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    }
  });
});

function restart(url: string, wechat: string) {
  const config = loadConfig(environment(url, wechat));
  return startService(config, makeLog('silent'));
}

async function settled(url: string): Promise<void> {
  for (let n = 0; n < 200; n += 1) {
    const open = await query(url, `SELECT 1 FROM insertions WHERE state NOT IN ('inserted', 'needs_human') LIMIT 1`);
    if (open.length === 0) return;
    await new Promise((resume) => setTimeout(resume, 100));
  }
  throw new Error(
    `open orders remain: ${JSON.stringify(await query(url, 'SELECT state, reason, count(*) FROM insertions GROUP BY 1, 2'))}`,
  );
}
