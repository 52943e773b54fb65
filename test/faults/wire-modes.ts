import { createServer, Server, Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { selfSigned } from '../support/self-signed';
import { BODIES, Fate } from './matrix-table';

/** A server that behaves in one way, and how many requests it has read. */
export interface WireMode {
  name: string;
  fate: Fate;
  /** `null`: which of the two happens, and so what it means, is the network's choice. */
  arrives: boolean | null;
  /** Nothing ends the call but its own deadline. */
  endless?: boolean;
  open(): Promise<{ url: string; requests(): number; close(): void }>;
}

type Behaviour = (socket: Socket) => unknown;

const SUCCESS = '{"errcode":0,"errmsg":"ok","code":"186921658591","openid":"oX","s_media_id":"7","access_token":"T"}';
const head = (length: number, more = '') => `HTTP/1.1 200 OK\r\ncontent-length: ${length}\r\n${more}\r\n`;
const whole = (status: number, body: string | Buffer, more = '') =>
  Buffer.concat([
    Buffer.from(`HTTP/1.1 ${status} X\r\ncontent-length: ${Buffer.byteLength(body)}\r\n${more}\r\n`),
    Buffer.from(body),
  ]);
const quarter = SUCCESS.slice(0, SUCCESS.length / 4);

/** The request was read as a whole; then this, and no more. */
const ENDLESS: [name: string, behaviour: Behaviour][] = [
  ['silence beyond the deadline', () => undefined],
  ['a status line, then silence', (socket) => socket.write('HTTP/1.1 200 OK\r\n')],
  ['a head, then silence', (socket) => socket.write(head(SUCCESS.length))],
  ['a quarter of a success, then silence', (socket) => socket.write(head(SUCCESS.length) + quarter)],
  ['a body without end', (socket) => socket.write(chunked(SUCCESS))],
  ['"continue", then silence', (socket) => socket.write('HTTP/1.1 100 Continue\r\n\r\n')],
];

/** The request was read as a whole; then this. */
const AFTER: [name: string, fate: Fate, behaviour: Behaviour][] = [
  ['a reset', 'vain', (socket) => socket.resetAndDestroy()],
  ['a closed connection', 'vain', (socket) => socket.end()],
  ['a quarter of a success, then the end', 'vain', (socket) => socket.end(head(SUCCESS.length) + quarter)],
  ['a success in chunks without the last', 'vain', (socket) => socket.end(chunked(SUCCESS))],
  ['a success too large to be one', 'vain', (socket) => socket.end(whole(200, SUCCESS.padEnd(3_000_000)))],
  ['no HTTP', 'vain', (socket) => socket.end('hello\r\n\r\n')],
  ['two lengths', 'vain', (socket) => socket.end(head(9, 'content-length: 99\r\n') + SUCCESS)],
  ['a compressed success', 'vain', (socket) => socket.end(whole(200, gzipSync(SUCCESS), 'content-encoding: gzip\r\n'))],
  ...BODIES.map(([name, status, text, meaning]): [string, Fate, Behaviour] => [
    name,
    meaning === 'vain' ? 'vain' : status === 413 ? 'too_large' : 'edge',
    (socket) => socket.end(whole(status, text, 'location: /elsewhere\r\n')),
  ]),
];

export const WIRE_MODES: WireMode[] = [
  { name: 'nobody listens', fate: 'unsent', arrives: false, open: () => nowhere('http://127.0.0.1:1') },
  { name: 'the name is unknown', fate: 'unsent', arrives: false, open: () => nowhere('http://wechat.invalid') },
  {
    name: 'TLS is spoken to a server without it',
    fate: 'unsent',
    arrives: false,
    open: () => serve(createServer(reading((socket) => socket.end('HTTP/1.1 400 X\r\n\r\n'))), 'https'),
  },
  {
    name: 'the TLS handshake never ends',
    fate: 'unsent',
    arrives: false,
    endless: true,
    open: () => serve(createServer(reading(() => undefined)), 'https'),
  },
  {
    name: 'the connection is cut within the TLS handshake',
    fate: 'unsent',
    arrives: false,
    open: () =>
      serve(
        createServer((socket) => socket.once('data', () => socket.resetAndDestroy())),
        'https',
      ),
  },
  {
    name: 'nobody vouches for the certificate',
    fate: 'unsent',
    arrives: false,
    open: () =>
      serve(
        createTlsServer(
          selfSigned(),
          reading((socket) => socket.end(whole(200, SUCCESS))),
        ),
        'https',
      ),
  },
  {
    name: 'a reset before the request was read',
    fate: 'vain',
    arrives: null,
    open: () =>
      serve(
        createServer((socket) => socket.resetAndDestroy()),
        'http',
      ),
  },
  ...ENDLESS.map(([name, behaviour]) => ({ ...answering(name, 'vain', behaviour), endless: true })),
  ...AFTER.map(([name, fate, behaviour]) => answering(name, fate, behaviour)),
];

function answering(name: string, fate: Fate, behaviour: Behaviour): WireMode {
  return { name, fate, arrives: true, open: () => serve(createServer(reading(behaviour)), 'http') };
}

const counts = new WeakMap<Server, number>();

/** Behaves once a request has been read to its last byte. */
function reading(behaviour: Behaviour) {
  return function (this: Server, socket: Socket): void {
    let text = '';
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      const end = text.indexOf('\r\n\r\n');
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
      if (end < 0 || text.length < end + 4 + length) return;
      text = '';
      counts.set(this, (counts.get(this) ?? 0) + 1);
      behaviour(socket);
    });
  };
}

async function serve(server: Server, scheme: 'http' | 'https') {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    socket.on('error', () => undefined);
    sockets.add(socket);
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `${scheme}://127.0.0.1:${port}`,
    requests: () => counts.get(server) ?? 0,
    close: () => {
      sockets.forEach((socket) => socket.destroy());
      server.close();
    },
  };
}

function nowhere(url: string) {
  return Promise.resolve({ url, requests: () => 0, close: () => undefined });
}

/** One chunk, and no last one. */
function chunked(body: string): string {
  return `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n`;
}
