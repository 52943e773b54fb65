import { Client } from 'pg';
import { loadConfig } from '../../src/config';
import { makeLog } from '../../src/log';
import { Service, startService } from '../../src/service';
import { createDatabase, query } from '../support/databases';
import { environment, KEY } from '../support/world';

const ADMIN = 'pk_admin_8f3a61c4d27b90e5a1f6037bc95e24d8';
const METRICS = 'pk_figures_8f3a61c4d27b90e5a1f6037bc95e24d8';
const PAGES = ['/docs', '/docs/', '/docs/swagger-ui.css', '/docs/swagger-ui-init.js', '/openapi.json', '/openapi.yaml'];
const OTHER_SPELLINGS = ['/%64ocs', '/openapi%2Ejson', '/docs?x', '/docs/%73wagger-ui.css'];

describe('the figures and the pages about the API', () => {
  let url: string;
  let drop: () => Promise<void>;
  let open: Service;
  let closed: Service;
  let start: (env: Record<string, string>) => Promise<Service>;
  beforeAll(async () => {
    ({ url, drop } = await createDatabase());
    start = (env) =>
      startService(
        loadConfig(environment(url, 'http://127.0.0.1:1', { ROLE: 'api', BOOTSTRAP_ADMIN_KEY: ADMIN, ...env })),
        makeLog('silent'),
      );
    open = await start({});
    closed = await start({ METRICS_KEY: METRICS, DOCS_ACCESS: 'key' });
  });
  afterAll(async () => {
    await open.close();
    await closed.close();
    await drop();
  });

  const bearer = (key: string) => `Bearer ${key}`;
  const password = (key: string) => `Basic ${Buffer.from(`anybody:${key}`).toString('base64')}`;
  const ask = (service: Service, path: string, authorization?: string) =>
    fetch(service.url + path, { headers: authorization ? { authorization } : {} });
  const statusOf = async (service: Service, path: string, authorization?: string) => {
    const answer = await ask(service, path, authorization);
    await answer.arrayBuffer();
    return answer.status;
  };
  const statuses = (service: Service, paths: string[], authorization?: string) =>
    Promise.all(paths.map((path) => statusOf(service, path, authorization)));

  it('are open unless the settings say otherwise', async () => {
    expect(await statuses(open, ['/metrics', ...PAGES])).toEqual(Array(7).fill(200));
  });

  it('ask for the key of the figures, which opens nothing else', async () => {
    for (const wrong of [undefined, bearer(KEY), bearer(ADMIN), bearer(`${METRICS}0`), 'Basic x']) {
      expect(await statuses(closed, ['/metrics', '/%6detrics'], wrong)).toEqual([401, 401]);
    }
    expect(await statuses(closed, ['/metrics'], bearer(METRICS))).toEqual([200]);
    expect(await statuses(closed, ['/docs', '/v1/orders', '/v1/admin/orders'], bearer(METRICS))).toEqual([
      401, 401, 401,
    ]);
  });

  it('ask for any key that lives, as Bearer or as a browser’s password; pages of errors ask for none', async () => {
    const all = [...PAGES, ...OTHER_SPELLINGS];
    for (const wrong of [undefined, bearer(`${KEY}0`), password('x'), 'Basic']) {
      expect([wrong, await statuses(closed, all, wrong)]).toEqual([wrong, all.map(() => 401)]);
    }
    for (const right of [bearer(KEY), password(KEY), bearer(ADMIN), password(ADMIN)]) {
      expect([right, await statuses(closed, PAGES, right)]).toEqual([right, PAGES.map(() => 200)]);
    }
    const refused = await ask(closed, '/docs');
    expect(refused.headers.get('www-authenticate')).toBe('Basic realm="piaoka", charset="UTF-8"');
    expect(await refused.json()).toMatchObject({ code: 'unauthorized' });
    expect(await statusOf(closed, '/openapi.json', bearer('x'))).toBe(401);
    expect(await statuses(closed, ['/docs/errors/unauthorized', '/livez', '/readyz'])).toEqual([200, 200, 200]);
  });

  it('cost the database one connection, however many look at the figures', async () => {
    // Nobody has looked here within the last seconds.
    const quiet = await start({});
    const holder = new Client({ connectionString: url });
    await holder.connect();
    const waiting = async () =>
      (
        await query<{ n: number }>(
          url,
          `SELECT count(*)::integer AS n FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'piaoka' AND wait_event_type = 'Lock'`,
        )
      )[0]?.n;
    await holder.query('BEGIN; LOCK TABLE callbacks IN ACCESS EXCLUSIVE MODE');
    const scrapes = Array.from({ length: 32 }, () => ask(quiet, '/metrics'));
    while ((await waiting()) === 0) await new Promise((resume) => setTimeout(resume, 20));
    // Orders are read meanwhile, as if nobody looked.
    expect(await statuses(quiet, Array<string>(32).fill('/v1/orders'), bearer(KEY))).toEqual(Array(32).fill(200));
    expect(await waiting()).toBe(1);
    await holder.query('COMMIT');
    const texts = await Promise.all(scrapes.map(async (scrape) => (await scrape).text()));
    expect(texts.filter((text) => /piaoka_pushes\{state="parked"\} 0/.test(text))).toHaveLength(32);
    await holder.end();
    await quiet.close();
  });
});
