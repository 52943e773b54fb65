import { createServer, Server, Socket } from 'node:net';
import { Metrics } from '../../src/metrics';
import { json } from '../../src/wechat/client';
import { Transport } from '../../src/wechat/transport';

describe('one call is one request and one classified answer', () => {
  let server: Server;
  let requests: number;
  let behave: (socket: Socket) => void;
  let transport: Transport;

  beforeAll(async () => {
    server = createServer((socket) => {
      socket.on('error', () => undefined);
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk.toString('latin1');
        if (!text.includes('\r\n\r\n{')) return;
        text = '';
        requests += 1;
        behave(socket);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    transport = new Transport(`http://127.0.0.1:${port}/prefix/`, 4, new Metrics());
  });
  beforeEach(() => {
    requests = 0;
  });
  afterAll(async () => {
    await transport.close();
    server.close();
  });

  const call = (timeoutMs = 1200) =>
    transport.call({
      method: 'POST',
      path: '/x',
      contentType: 'application/json',
      body: json({}),
      successField: 'code',
      timeoutMs,
    });
  const answer =
    (status: string, body: string, headers = '') =>
    (socket: Socket) =>
      socket.write(`HTTP/1.1 ${status}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n${headers}\r\n${body}`);

  describe('what would leave too late is not sent', () => {
    /** As a busy turn of the loop does, or a process that was paused: the timer of a deadline runs after the write. */
    const block = (ms: number) => {
      for (const until = performance.now() + ms; performance.now() < until;);
    };
    const late = (over: object) =>
      transport.call({
        ...{ method: 'POST' as const, path: '/x', contentType: 'application/json', body: json({}) },
        ...{ successField: 'code', timeoutMs: 60_000, ...over },
      });

    it.each(['over a new connection', 'over one that is there'])('%s', async (connection) => {
      behave = answer('200 OK', '{"errcode":0}');
      if (connection === 'over one that is there') await late({});
      requests = 0;
      const sending = late({ sendBefore: performance.now() + 30 });
      block(60);
      expect(await sending).toEqual({ kind: 'no_answer', sent: false, reason: 'too_late' });
      expect(requests).toBe(0);
    });

    it('nor a call without a body, of which nothing else proves that it never left', async () => {
      const sending = late({ method: 'GET', body: undefined, sendBefore: performance.now() + 30 });
      block(60);
      expect(await sending).toEqual({ kind: 'no_answer', sent: false, reason: 'too_late' });
    });

    it('while the same turn of the loop keeps no request that has time', async () => {
      const sending = late({ sendBefore: performance.now() + 60_000 });
      block(60);
      expect(await sending).toMatchObject({ kind: 'answered' });
      expect(requests).toBe(1);
    });
  });

  it.each<[string, (socket: Socket) => void, object]>([
    ['JSON', answer('200 OK', '{"errcode":0,"code":"1"}'), { kind: 'answered', errcode: 0 }],
    ['a numeric string', answer('200 OK', '{"errcode":"72040"}'), { kind: 'answered', errcode: 72040 }],
    [
      'a hint',
      answer('200 OK', '{"errcode":-1,"errmsg":"system error hint: [ZIejWA00154810]"}'),
      { errcode: -1, hint: 'ZIejWA00154810' },
    ],
    ['success without errcode', answer('200 OK', '{"code":"1"}'), { kind: 'answered', errcode: 0 }],
    ['somebody else’s JSON', answer('200 OK', '{"error":"login"}'), { kind: 'garbled', reason: 'no_errcode' }],
    ['a raw control character', answer('200 OK', '{"errcode":0,"errmsg":"a\tb"}'), { kind: 'answered' }],
    ['HTML', answer('200 OK', '<html>'), { kind: 'garbled', reason: 'not_json' }],
    ['an empty body', answer('200 OK', ''), { kind: 'garbled', reason: 'empty_body' }],
    ['502', answer('502 Bad Gateway', '<html>'), { kind: 'garbled', httpStatus: 502 }],
    [
      'a redirect, which is not followed',
      answer('302 Found', '', 'location: /y\r\n'),
      { kind: 'garbled', httpStatus: 302 },
    ],
    ['a reset', (socket) => socket.resetAndDestroy(), { kind: 'no_answer', sent: true }],
    ['a closed connection', (socket) => socket.end(), { kind: 'no_answer', sent: true }],
    [
      'a body that is cut',
      (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"err'),
      { kind: 'no_answer', sent: true },
    ],
    ['silence', () => undefined, { kind: 'no_answer', sent: true, reason: 'timeout' }],
    [
      'a body without end',
      (socket) => socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n'),
      { kind: 'no_answer', reason: 'timeout' },
    ],
    ['too much', answer('200 OK', `{"errcode":0,"x":"${'x'.repeat(3_000_000)}"}`), { kind: 'no_answer', sent: true }],
    ['no HTTP', (socket) => socket.end('hello\r\n\r\n'), { kind: 'no_answer', sent: true }],
  ])('%s', async (_, behaviour, expected) => {
    behave = behaviour;
    expect(await call()).toMatchObject(expected);
    expect(requests).toBe(1);
  });

  it('proves that nothing was written when nobody listens', async () => {
    const nobody = new Transport('http://127.0.0.1:1', 1, new Metrics());
    const refused = await nobody.call({
      method: 'POST',
      path: '/x',
      body: json({}),
      successField: 'code',
      timeoutMs: 500,
    });
    expect(refused).toEqual({ kind: 'no_answer', sent: false, reason: 'econnrefused' });
    await nobody.close();
  });

  it('never tells the address, which holds the token', async () => {
    behave = (socket) => socket.destroy();
    const lost = await transport.call({
      method: 'POST',
      path: '/x',
      query: { access_token: 'SECRET' },
      body: json({}),
      successField: 'code',
      timeoutMs: 300,
    });
    expect(JSON.stringify(lost)).not.toContain('SECRET');
  });
});
