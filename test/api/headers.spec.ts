import { inBrowser, withBrowser } from '../support/browser';
import { KEY, World } from '../support/world';

const DATA = `default-src 'none'; frame-ancestors 'none'`;

describe('what answers tell browsers and proxies', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start({ env: { ROLE: 'api' } });
  });
  afterAll(() => world.end());

  const ask = (path: string, headers: Record<string, string> = {}) => fetch(world.service.url + path, { headers });

  it.each<[string, string | null, string]>([
    ['/v1/orders', KEY, 'no-store'],
    ['/v1/orders', null, 'no-store'],
    ['/v1/nowhere', null, 'no-store'],
    ['/cgi-bin/token', null, 'no-store'],
    ['/metrics', null, 'no-store'],
    ['/v1/rules', null, 'public, max-age=300'],
  ])('%s (key: %s): %s, taken for nothing else, run and framed by nobody', async (path, key, cache) => {
    const { headers } = await ask(path, key === null ? {} : { authorization: `Bearer ${key}` });
    expect(Object.fromEntries(headers)).toMatchObject({
      'cache-control': cache,
      'content-security-policy': DATA,
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    });
  });

  it('every HTML page has a policy of its own that lets nobody frame it', async () => {
    for (const path of ['/docs', '/docs/', '/docs/errors/unauthorized', '/docs/errors/index']) {
      const { headers } = await ask(path, { accept: 'text/html' });
      expect([path, headers.get('content-type')]).toEqual([path, expect.stringContaining('text/html')]);
      expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; .*frame-ancestors 'none'/);
      expect(headers.get('x-frame-options')).toBe('DENY');
    }
  });

  withBrowser('the documentation works under its policy', async () => {
    await inBrowser(async (browser) => {
      const page = await browser.newPage();
      const refused: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error') refused.push(message.text());
      });
      await page.goto(`${world.service.url}/docs`);
      await page.getByText('/v1/orders/batch').first().waitFor();
      expect(refused).toEqual([]);
    });
  });
});
