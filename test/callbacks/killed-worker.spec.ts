import { queueCallbacksAgain } from '../../src/callbacks/receive';
import { loadConfig } from '../../src/config';
import { connect } from '../../src/data/data-source';
import { makeLog } from '../../src/log';
import { startService } from '../../src/service';
import { query } from '../support/databases';
import { order } from '../support/orders';
import { APPID, environment } from '../support/world';
import { ENVIRONMENT, event, Pushes } from './pushes';

describe('a worker that is killed while it deals with a push', () => {
  it('leaves it to another: the user’s authorisation wakes the order, not after hours', async () => {
    const pushes = await Pushes.start({ env: { ROLE: 'api' } });
    const { databaseUrl, sandbox } = pushes.world;
    const given = order();
    await pushes.world.post('/v1/orders', given).expect(202);
    await pushes.tell(
      event('user_authorize_invoice', { SuccOrderId: given.order_id, FailOrderId: '', AuthorizeAppId: APPID }),
    );
    await query(
      databaseUrl,
      `UPDATE graphile_worker._private_jobs SET attempts = 1, locked_by = 'pool-gone', locked_at = now()`,
    );
    const settings = environment(databaseUrl, sandbox.url, { ...ENVIRONMENT, ROLE: 'worker' });
    const worker = await startService(loadConfig(settings), makeLog('silent'));
    const dataSource = await connect(databaseUrl);
    const states = async () => (await pushes.rows()).map(({ state }) => state as string);
    try {
      await pushes.world.until(given.order_id, ['awaiting_authorization']);
      await pushes.world.authorize(given.order_id);
      // A push that has only just come may still be in another worker's hands.
      await queueCallbacksAgain(dataSource);
      await new Promise((resume) => setTimeout(resume, 1000));
      expect(await states()).toEqual(['received']);
      await query(databaseUrl, `UPDATE callbacks SET received_at = now() - interval '61 seconds'`);
      await queueCallbacksAgain(dataSource);
      expect(await pushes.settled(1)).toMatchObject([{ state: 'done' }]);
      // Without the push it would be asked for after a minute.
      await pushes.world.until(given.order_id, ['inserted']);
    } finally {
      await dataSource.destroy();
      await worker.close();
      await pushes.world.end();
    }
  }, 60_000);
});
