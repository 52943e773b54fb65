import { gzipSync } from 'node:zlib';
import { order } from '../support/orders';
import { Json, KEY, World } from '../support/world';

const ADMIN_KEY = 'pk_admin_8f3a61c4d27b90e5a1f6037bc95e24d8';

describe('a body of a type that an address does not take', () => {
  let world: World;
  beforeAll(async () => (world = await World.start({ env: { ROLE: 'api', BOOTSTRAP_ADMIN_KEY: ADMIN_KEY } })));
  afterAll(() => world.end());

  const send = async (
    path: string,
    body: string | Buffer,
    headers: Record<string, string>,
    key = KEY,
  ): Promise<Json> => {
    const answer = await fetch(world.service.url + path, {
      method: 'POST',
      body,
      headers: { authorization: `Bearer ${key}`, ...headers },
    });
    return {
      status: answer.status,
      accepts: answer.headers.get('accept-encoding'),
      ...((await answer.json()) as Json),
    };
  };
  const type = (name: string) => ({ 'content-type': name });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/xml',
    'application/octet-stream',
    'image/png',
  ])('%s is refused for its type, however long it is', async (name) => {
    for (const size of [10, 70_000, 20_000_000]) {
      const { status, code, detail } = await send('/v1/orders', Buffer.alloc(size, 97), type(name));
      expect([size, status, code]).toEqual([size, 415, 'unsupported_media_type']);
      expect(detail).toBe(`Content-Type 是 "${name}"，此地址接受：application/json、multipart/form-data。`);
    }
  });

  it.each([
    ['/v1/orders/batch', 'application/json', 'application/x-ndjson'],
    ['/v1/orders/batch', 'text/plain', 'application/x-ndjson'],
    ['/v1/orders/batch', 'multipart/form-data; boundary=B', 'application/x-ndjson'],
    ['/v1/orders', 'application/x-ndjson', 'application/json、multipart/form-data'],
    ['/v1/invoices/check', 'text/csv', 'application/json、multipart/form-data'],
    ['/v1/invoices/read', 'application/x-ndjson', 'application/json、multipart/form-data'],
    ['/v1/authorizations', 'multipart/form-data; boundary=B', 'application/json'],
  ])('%s told of %s says what it takes', async (path, name, taken) => {
    const { status, detail, title } = await send(path, JSON.stringify(order()), type(name));
    expect([status, detail]).toEqual([
      415,
      `Content-Type 是 "${name.split(';')[0] as string}"，此地址接受：${taken}。`,
    ]);
    expect(title).not.toContain('application/json');
  });

  it('a merchant’s statement as JSON is told to be CSV or NDJSON', async () => {
    const { status, detail } = await send(
      '/v1/admin/reconciliations/statements',
      '{}',
      type('application/json'),
      ADMIN_KEY,
    );
    expect([status, detail]).toEqual([415, expect.stringContaining('text/csv、application/x-ndjson')]);
  });

  it('JSON in another charset is told so', async () => {
    const { status, detail } = await send('/v1/orders', '{}', type('application/json; charset=gbk'));
    expect([status, detail]).toEqual([415, '字符集是 "gbk"，须为 UTF-8。']);
  });

  it.each(['gzip', 'deflate', 'br', 'zstd'])(
    '%s is refused by name, whatever the type and length',
    async (encoding) => {
      const body = gzipSync(JSON.stringify(order()));
      for (const name of ['application/json', 'application/x-ndjson', 'multipart/form-data; boundary=B']) {
        const answer = await send('/v1/orders', body, { ...type(name), 'content-encoding': encoding });
        expect(answer).toMatchObject({ status: 415, code: 'unsupported_media_type', accepts: 'identity' });
        expect(answer.detail).toContain(`${encoding} 压缩`);
      }
      const large = { ...type('application/json'), 'content-encoding': encoding };
      expect((await send('/v1/orders', Buffer.alloc(20_000_000), large)).status).toBe(415);
    },
  );

  it('gzip that says nothing of it is known by its first bytes', async () => {
    const { status, detail } = await send('/v1/orders', gzipSync('{}'), type('application/json'));
    expect([status, detail]).toEqual([415, expect.stringContaining('gzip 压缩')]);
  });

  it('identity is no encoding', async () => {
    const headers = { ...type('application/json'), 'content-encoding': 'identity' };
    expect((await send('/v1/orders', JSON.stringify(order()), headers)).status).toBe(202);
  });
});
