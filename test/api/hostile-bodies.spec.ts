import { connect } from 'node:net';
import fc from 'fast-check';
import request from 'supertest';
import { order } from '../support/orders';
import { Json, KEY, World } from '../support/world';

describe('a body that cannot be taken gets a clear 4xx, and nothing is stored', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start({ env: { ROLE: 'api' } });
  });
  afterEach(async () => {
    expect(((await world.get('/v1/orders').expect(200)).body as Json).items).toEqual([]);
  });
  afterAll(() => world.end());

  const send = (body: string | Buffer, type = 'application/json') =>
    request(world.service.url)
      .post('/v1/orders')
      .set('authorization', `Bearer ${KEY}`)
      .set('content-type', type)
      .serialize((bytes) => bytes as string)
      .send(body);
  const valid = () => JSON.stringify(order());
  const withTitle = (json: string) => valid().replace(/"title":"[^"]*"/, `"title":${json}`);

  it.each<[string, () => string | Buffer, number, string]>([
    ['empty', () => '', 400, 'JSON-EMPTY'],
    ['not JSON', () => '{"a":', 400, 'JSON-SYNTAX'],
    ['a byte that is not UTF-8', () => Buffer.from([0x7b, 0xff, 0x7d]), 400, 'JSON-ENCODING'],
    ['GBK bytes', () => Buffer.from([0x22, 0xc4, 0xe3, 0x22]), 400, 'JSON-ENCODING'],
    ['nested 10,000 deep', () => '['.repeat(10_000) + ']'.repeat(10_000), 400, 'JSON-DEPTH'],
    ['nested and never closed', () => '{"a":'.repeat(100_000), 400, 'JSON-DEPTH'],
    ['a key twice', () => valid().replace('{', '{"order_id":"x",'), 400, 'JSON-DUPLICATE-KEY'],
    ['U+0000', () => withTitle('"a\\u0000b"'), 400, 'JSON-TEXT'],
    ['a lone surrogate', () => withTitle('"\\ud800"'), 400, 'JSON-TEXT'],
    ['1e400', () => valid().replace(/"fee":\d+/, '"fee":1e400'), 400, 'JSON-NUMBER'],
    ['−0', () => valid().replace(/"fee":\d+/, '"fee":-0'), 400, 'JSON-NUMBER'],
    ['a number of twenty digits', () => valid().replace(/"fee":\d+/, '"fee":26312000000183259524'), 400, 'JSON-NUMBER'],
    ['__proto__', () => valid().replace('{', '{"__proto__":{"admin":true},'), 422, 'FIELD-UNKNOWN'],
    ['constructor', () => valid().replace('{', '{"constructor":{"prototype":{}},'), 422, 'FIELD-UNKNOWN'],
    ['an array', () => '[]', 422, 'FIELD-TYPE'],
    ['null', () => 'null', 422, 'FIELD-TYPE'],
    ['a string', () => '"x"', 422, 'FIELD-TYPE'],
    ['an invoice that is null', () => '{"order_id":"1","invoice":null,"pdf":"eA=="}', 422, 'FIELD-TYPE'],
    ['base64 with a line break', () => JSON.stringify({ ...order(), pdf: 'JVBE\nRi0x' }), 422, 'PDF-BASE64-01'],
    ['a fractional amount', () => valid().replace(/"fee":\d+/, '"fee":10.5'), 422, 'FIELD-TYPE'],
  ])('%s', async (_, body, status, code) => {
    const answer = await send(body()).expect('content-type', /application\/problem\+json/);
    expect(answer.status).toBe(status);
    expect(((answer.body as Json).errors as Json[]).map((fault) => fault.code as string)).toContain(code);
    expect(({} as Json).admin).toBeUndefined();
  });

  it.each([
    ['application/json; charset=gbk', 415],
    ['text/plain', 415],
    ['application/xml', 415],
    ['application/x-www-form-urlencoded', 415],
  ])('content type %s', async (type, status) => {
    await send(valid(), type)
      .expect(status)
      .expect('content-type', /application\/problem\+json/);
  });

  it('too large: 413, whether the PDF or the rest is', async () => {
    const large = { ...order(), pdf: 'A'.repeat(15 * 1024 * 1024) };
    await send(JSON.stringify(large)).expect(413);
    await send(valid().replace('{', `{${' '.repeat(70_000)}`)).expect(413);
  });

  it('no path, method or parameter makes a 5xx', async () => {
    for (const path of [
      '/',
      '/v1',
      '/v1/orders/%00',
      '/v1/orders/%ff',
      '/v1/orders/a%2fb',
      `/v1/orders/${'a'.repeat(5000)}`,
    ]) {
      const { status } = await world.get(path);
      expect([404, 400, 414, 422, 431].includes(status) || status).toBe(true);
    }
    await request(world.service.url).delete('/v1/orders').set('authorization', `Bearer ${KEY}`).expect(404);
  });

  it('a client that goes away in the middle of its body leaves nothing behind', async () => {
    const { port } = new URL(world.service.url);
    for (let n = 0; n < 20; n += 1) {
      await new Promise<void>((resolve) => {
        const socket = connect(Number(port), '127.0.0.1', () => {
          socket.write(
            `POST /v1/orders HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${KEY}\r\ncontent-type: application/json\r\ncontent-length: 5000\r\n\r\n{"order_id":`,
          );
          setTimeout(() => socket.destroy(), 5);
        });
        socket.on('close', () => resolve());
      });
    }
    await world.get('/livez').expect(200);
  });
});

describe('a body that comes in another way than usual', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start({ env: { ROLE: 'api' } });
  });
  afterAll(() => world.end());

  it.each([
    [
      'without a length, in chunks',
      'transfer-encoding: chunked',
      (body: string) => `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
    ],
    ['after "continue"', 'expect: 100-continue', (body: string) => body],
  ])('a body that comes %s is taken', async (_, header, framed) => {
    const body = Buffer.from(JSON.stringify(order())).toString('latin1');
    const length = header.startsWith('expect') ? `content-length: ${body.length}\r\n` : '';
    const answer = await new Promise<string>((resolve) => {
      let heard = '';
      const socket = connect(Number(new URL(world.service.url).port), '127.0.0.1', () =>
        socket.write(
          `POST /v1/orders HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${KEY}\r\ncontent-type: application/json\r\n` +
            `connection: close\r\n${header}\r\n${length}\r\n${length ? '' : framed(body)}`,
          'latin1',
        ),
      );
      socket.on('data', (chunk) => {
        const before = heard;
        heard += chunk.toString();
        if (length && before === '' && heard.startsWith('HTTP/1.1 100')) socket.write(framed(body), 'latin1');
      });
      socket.on('close', () => resolve(heard));
    });
    expect(answer).toMatch(/HTTP\/1\.1 202/);
  });
});

describe('random damage to a valid body', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start({ env: { ROLE: 'api' } });
  });
  afterAll(() => world.end());

  it('never makes a 5xx', async () => {
    const whole = JSON.stringify(order());
    const bits = fc.constantFrom('"', '{', '}', '\\', '\u0000', '0', '-', 'e9', ',', '𝄞', '\\ud800', '[[[');
    const damage = fc.array(fc.tuple(fc.nat(whole.length - 1), bits), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(damage, async (edits) => {
        const body = edits.reduce((text, [at, insert]) => text.slice(0, at) + insert + text.slice(at + 1), whole);
        const { status } = await request(world.service.url)
          .post('/v1/orders')
          .set('authorization', `Bearer ${KEY}`)
          .set('content-type', 'application/json')
          .send(body);
        expect(status).toBeLessThan(500);
      }),
      { numRuns: 300 },
    );
  });
});
