import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { connect } from '../../src/data/data-source';
import { run } from '../../src/data/statement';
import { Sealer } from '../../src/data/sealed';
import { CLAIM_DELIVERIES } from '../../src/webhooks/delivery.queue';
import { DeliveryStore } from '../../src/webhooks/delivery.store';
import { EndpointLimits } from '../../src/webhooks/endpoint-limits';
import { createDatabase, query } from '../support/databases';
import { MASTER_KEY } from '../support/world';

const MERCHANT = randomUUID();
const ENDPOINTS = 10;
const DUE = 1500;
const CLAIMS = 10;
const AT_ONCE = 64;
const endpoints = Array.from({ length: ENDPOINTS }, () => randomUUID());
const sealer = new Sealer(MASTER_KEY);
/** As of endpoints that answer well. */
const shares = Object.fromEntries(endpoints.map((id) => [id, 8]));
/** PostgreSQL keeps a plan after five calls. */
const EMPTY_CLAIMS = 8;

/** A plan made beside an empty table is kept while messages pile up, until autovacuum comes round. */
describe('a queue of messages that was empty when the service started', () => {
  let url: string;
  let drop: () => Promise<void>;
  let dataSource: DataSource;

  beforeEach(async () => {
    ({ url, drop } = await createDatabase());
    await query(
      url,
      `INSERT INTO accounts (appid, role, secret, token_kind, billing_fields) VALUES ('wx1', 'issuer', '\\x00', 'stable', 'current')`,
    );
    await query(url, `INSERT INTO merchants (id, name, appid, issuer_appid) VALUES ($1, 'm', 'wx1', 'wx1')`, [
      MERCHANT,
    ]);
    dataSource = await connect(url, { poolSize: 1 });
  });
  afterEach(async () => {
    await dataSource.destroy();
    await drop();
  });

  it('is soon claimed by the row, however many messages pile up', async () => {
    const store = new DeliveryStore(dataSource, sealer, 60);
    const limits = new EndpointLimits(AT_ONCE);
    for (const id of endpoints) limits.begin({ endpointId: id, merchantId: 'm' }, false)(true, 1);
    const claim = () => store.claim(AT_ONCE, 'w', limits);
    expect(await rowsReadAMessage(claim)).toBeLessThan(20);
  });

  it('the count bites: a plan kept from the first moment reads the backlog for each message', async () => {
    const claim = () =>
      run(dataSource, CLAIM_DELIVERIES, [AT_ONCE, 'w', 60, JSON.stringify(shares), AT_ONCE, [], '{}']);
    expect(await rowsReadAMessage(claim)).toBeGreaterThan(1000);
  });

  async function rowsReadAMessage(claim: () => Promise<unknown[]>): Promise<number> {
    for (let n = 0; n < EMPTY_CLAIMS; n += 1) expect(await claim()).toEqual([]);
    for (const id of endpoints)
      await query(
        url,
        `INSERT INTO webhook_endpoints (merchant_id, id, url, description, secret) VALUES ($1, $2, 'https://shop.example/', '', $3)`,
        [MERCHANT, id, sealer.seal('secret', `webhook_endpoints|${id}`)],
      );
    await query(
      url,
      `INSERT INTO webhook_deliveries (merchant_id, id, created_at, endpoint_id, type, occurred_at, data, state, next_attempt_at)
       SELECT $1, gen_random_uuid(), now(), ($2::uuid[])[1 + n % $3], 'test', now(), '{}', 'pending', now()
         FROM generate_series(1, $4) n`,
      [MERCHANT, endpoints, ENDPOINTS, DUE],
    );
    // The one that finds them.
    await claim();
    const before = await rowsRead();
    for (let n = 0; n < CLAIMS; n += 1) expect(await claim()).toHaveLength(AT_ONCE);
    return ((await rowsRead()) - before) / (CLAIMS * AT_ONCE);
  }

  /** From the table of messages so far. */
  async function rowsRead(): Promise<number> {
    await dataSource.query('SELECT pg_stat_force_next_flush()');
    const [row] = await query<{ read: string }>(
      url,
      `SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) AS read FROM pg_stat_user_tables
        WHERE relname LIKE 'webhook_deliveries%'`,
    );
    return Number(row?.read);
  }
});
