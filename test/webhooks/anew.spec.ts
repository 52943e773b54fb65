import { loadConfig } from '../../src/config';
import { makeLog } from '../../src/log';
import { Service, startService } from '../../src/service';
import { query } from '../support/databases';
import { order } from '../support/orders';
import { environment, World } from '../support/world';

const ADMIN = 'pk_admin_8f3a61c4d27b90e5a1f6037bc95e24d8';

describe('an order that a person begins anew', () => {
  let world: World;
  let worker: Service;
  beforeAll(async () => {
    world = await World.start({ env: { ROLE: 'api', BOOTSTRAP_ADMIN_KEY: ADMIN } });
    await world.post('/v1/webhook_endpoints', { url: 'https://hooks.example.com/' }).expect(201);
  });
  afterAll(async () => {
    await worker.close();
    await world.end();
  });

  it('and that comes to a person again for the same reason is told again', async () => {
    const given = order();
    const { body } = await world.post('/v1/orders', given).expect(202);
    const { id } = body as { id: string };
    await query(world.databaseUrl, 'UPDATE pdfs SET body = set_bit(body, 77, 1 - get_bit(body, 77)) WHERE id = $1', [
      id,
    ]);
    const config = loadConfig(environment(world.databaseUrl, world.sandbox.url, { ROLE: 'worker' }));
    worker = await startService(config, makeLog('silent'));
    await world.until(given.order_id, ['needs_human']);
    await world.post(`/v1/admin/orders/${id}/reinsertions`, { reason: '再试' }, ADMIN).expect(201);
    await world.until(given.order_id, ['needs_human']);
    const { body: told } = await world.get(`/v1/webhook_deliveries?order_id=${given.order_id}`).expect(200);
    expect(told.items).toMatchObject([
      { type: 'invoice.card.unresolved', sequence: 2, data: { reason: 'stored_pdf_damaged' } },
      { type: 'invoice.card.unresolved', sequence: 1, data: { reason: 'stored_pdf_damaged' } },
    ]);
  });
});
