import request from 'supertest';
import { postForm } from '../support/forms';
import { order, orderWithoutPdf, tinyPdf } from '../support/orders';
import { Json, KEY, World } from '../support/world';

describe('POST /v1/orders as multipart/form-data', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start({ env: { ROLE: 'api', MAX_PDF_BYTES: '64KiB' } });
  });
  afterAll(() => world.end());

  const raw = (body: string | Buffer, type = 'multipart/form-data; boundary=B') =>
    request(world.service.url)
      .post('/v1/orders')
      .set('authorization', `Bearer ${KEY}`)
      .set('content-type', type)
      .serialize((bytes) => bytes as string)
      .send(body);
  const part = (name: string, body: string) =>
    `--B\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${body}\r\n`;

  it('is the same order as its JSON form: posted again as base64 it is a repeat', async () => {
    const given = orderWithoutPdf();
    const files = { pdf: tinyPdf('main'), trip_pdf: tinyPdf('trip') };
    const posted = await postForm(world, given, files).expect(202);
    expect(posted.body).toMatchObject({ order_id: given.order_id, state: 'accepted' });
    const again = { ...given, pdf: files.pdf.toString('base64'), trip_pdf: files.trip_pdf.toString('base64') };
    await world.post('/v1/orders', again).expect(200).expect('idempotent-replayed', 'true');
    const { body } = await postForm(world, given, { pdf: tinyPdf('other'), trip_pdf: files.trip_pdf }).expect(409);
    expect(pointers(body)).toEqual(['/pdf']);
    const stored = await world.get(`/v1/orders/${given.order_id}/pdf?part=trip_pdf`).expect(200);
    expect(Buffer.compare(stored.body as Buffer, files.trip_pdf)).toBe(0);
  });

  it('parts in any order, with or without a file name or a type', async () => {
    const given = orderWithoutPdf();
    const body = `${part('pdf', tinyPdf().toString('latin1'))}${part('order', JSON.stringify(given))}--B--\r\n`;
    await raw(body).expect(202);
  });

  it.each<[string, () => string | Buffer, number, string]>([
    ['no order', () => `${part('pdf', '%PDF-')}--B--\r\n`, 422, '/order'],
    ['no pdf', () => `${part('order', '{}')}--B--\r\n`, 422, '/pdf'],
    ['an unknown part', () => `${part('file', 'x')}${part('order', '{}')}${part('pdf', 'x')}--B--\r\n`, 422, '/file'],
    ['a part twice', () => `${part('order', '{}')}${part('order', '{}')}${part('pdf', 'x')}--B--\r\n`, 422, '/order'],
    ['an order that is not JSON', () => `${part('order', '{')}${part('pdf', 'x')}--B--\r\n`, 400, ''],
    [
      'an order with its pdf inside',
      () => `${part('order', JSON.stringify(order()))}${part('pdf', 'x')}--B--\r\n`,
      422,
      '/pdf',
    ],
    ['a part named __proto__', () => `${part('__proto__', '{}')}--B--\r\n`, 422, '/__proto__'],
    ['a PDF over the limit', () => `${part('order', '{}')}${part('pdf', 'x'.repeat(70_000))}--B--\r\n`, 413, '/pdf'],
    ['an order over 64 KiB', () => `${part('order', ' '.repeat(70_000))}${part('pdf', 'x')}--B--\r\n`, 413, '/order'],
    ['a body that is cut', () => part('order', '{}').slice(0, -4), 400, ''],
    ['nothing', () => '', 400, ''],
    ['garbage', () => Buffer.from([0, 1, 2, 255]), 400, ''],
    ['a thousand parts', () => `${part('order', '{}').repeat(1000)}--B--\r\n`, 422, ''],
  ])('%s is refused by name', async (_, body, status, pointer) => {
    const answer = await raw(body()).expect('content-type', /application\/problem\+json/);
    expect(answer.status).toBe(status);
    expect(pointers(answer.body)).toContain(pointer);
  });

  it('without a boundary it is refused', async () => {
    await raw('x', 'multipart/form-data').expect(400);
  });

  it('a thousand damaged forms make no 5xx', async () => {
    const whole = Buffer.from(`${part('order', '{"order_id":"x"}')}${part('pdf', '%PDF-')}--B--\r\n`);
    for (let n = 0; n < 1000; n += 1) {
      const damaged = Buffer.from(whole);
      for (let edit = 0; edit <= n % 4; edit += 1)
        damaged[(n * 31 + edit * 17) % damaged.length] = (n * 7 + edit * 13) % 256;
      const { status } = await raw(damaged.subarray(0, damaged.length - (n % 9)));
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
    }
  });
});

describe('POST /v1/orders/batch', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start({ env: { ROLE: 'api' } });
  });
  afterAll(() => world.end());

  const send = async (body: string): Promise<Json[]> => {
    const answer = await request(world.service.url)
      .post('/v1/orders/batch')
      .set('authorization', `Bearer ${KEY}`)
      .set('content-type', 'application/x-ndjson')
      .serialize((text) => text as string)
      .buffer(true)
      .parse((response, done) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => done(null, text));
      })
      .send(body)
      .expect(200)
      .expect('content-type', /application\/x-ndjson/);
    return (answer.body as string)
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Json);
  };

  it('line n answers line n, and a bad line stops nothing', async () => {
    const good = Array.from({ length: 40 }, () => order());
    const lines: unknown[] = [...good];
    lines.splice(3, 0, { ...order(), order_id: '' });
    lines.splice(7, 0, good[0]);
    const texts = lines.map((line) => JSON.stringify(line));
    texts.splice(5, 0, '{"broken":');
    const answers = await send(`${texts.join('\n')}\n`);
    expect(answers.map(({ line }) => line as number)).toEqual(texts.map((_, index) => index + 1));
    expect(answers[3]).toMatchObject({ status: 422, problem: { code: 'invalid_order' } });
    expect(answers[5]).toMatchObject({ status: 400, problem: { code: 'malformed_json' } });
    const others = answers.filter((_, index) => index !== 3 && index !== 5);
    expect(others.filter(({ status }) => status === 202)).toHaveLength(40);
    expect(others.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const { order_id } of good) await world.get(`/v1/orders/${order_id}`).expect(200);
  });

  it('the 501st line is not read, and says so', async () => {
    const answers = await send('{}\n'.repeat(510));
    expect(answers).toHaveLength(501);
    expect(answers[499]).toMatchObject({ line: 500, status: 422 });
    expect(answers[500]).toMatchObject({ line: 501, status: 413, problem: { code: 'batch_too_large' } });
  });

  it('takes CRLF, empty lines and a last line without end', async () => {
    const [a, b] = [order(), order()];
    const answers = await send(`${JSON.stringify(a)}\r\n\n${JSON.stringify(b)}`);
    expect(answers.map(({ status }) => status as number)).toEqual([202, 202]);
  });
});

function pointers(body: unknown): string[] {
  return ((body as Json).errors as Json[]).map(({ pointer }) => pointer as string);
}
