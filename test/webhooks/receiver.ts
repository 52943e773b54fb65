import { createServer, IncomingMessage, Server, ServerResponse } from 'node:http';
import { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { Json } from '../support/world';

export interface Received {
  path: string;
  id: string;
  headers: Record<string, string>;
  text: string;
  body: Json;
  at: number;
}

type Behaviour = (response: ServerResponse, received: Received) => void;

export const answers = {
  ok: (response: ServerResponse) => void response.writeHead(204).end(),
  status: (status: number) => (response: ServerResponse) => void response.writeHead(status).end('no'),
  redirect: (to: string) => (response: ServerResponse) => void response.writeHead(307, { location: to }).end(),
  never: () => undefined,
  /** A body that never ends: fast, or a byte now and then. */
  flood: (response: ServerResponse) => {
    response.writeHead(200);
    const more = (error?: Error | null) => {
      if (!error && !response.destroyed) response.write(Buffer.alloc(64 * 1024), (e) => setImmediate(more, e));
    };
    more();
  },
  drip: (response: ServerResponse) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write('.'), 100);
    response.on('close', () => clearInterval(timer));
  },
  hugeHeaders: (response: ServerResponse) => {
    response.socket?.write(
      `HTTP/1.1 200 OK\r\n${'x-filler: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n'.repeat(4000)}`,
    );
  },
  nonsense: (response: ServerResponse) => void response.socket?.end('this is not HTTP\r\n\r\n'),
  hangUp: (response: ServerResponse) => void response.socket?.destroy(),
};

/** A merchant's server: each path is a receiver of its own, and behaves as told. */
export class Receiver {
  readonly received: Received[] = [];
  private readonly behaviours = new Map<string, Behaviour>();

  private constructor(private readonly server: Server) {}

  /** At a port of its own, unless one is given. */
  static async start(port = 0): Promise<Receiver> {
    const server = createServer({ keepAlive: false });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    const receiver = new Receiver(server);
    server.on('request', (request, response) => void receiver.take(request, response));
    server.on('clientError', (_, socket) => socket.destroy());
    return receiver;
  }

  get place(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  url(path: string): string {
    return `http://${this.place}${path}`;
  }

  behave(path: string, behaviour: Behaviour): void {
    this.behaviours.set(path, behaviour);
  }

  at(path: string): Received[] {
    return this.received.filter((one) => one.path === path);
  }

  /** What came to a path, once there is so much of it. */
  async until(path: string, count: number, patienceMs = 20_000): Promise<Received[]> {
    for (const end = Date.now() + patienceMs; Date.now() < end;) {
      if (this.at(path).length >= count) return this.at(path);
      await new Promise((resume) => setTimeout(resume, 20));
    }
    throw new Error(`${path} heard ${this.at(path).length} of ${count}: ${JSON.stringify(this.at(path).map(brief))}`);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on('error', () => undefined);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const headers = request.headers as Record<string, string>;
    const path = request.url as string;
    const one = {
      path,
      id: headers['webhook-id'] as string,
      headers,
      text,
      body: JSON.parse(text) as Json,
      at: Date.now(),
    };
    this.received.push(one);
    (this.behaviours.get(path) ?? answers.ok)(response, one);
  }
}

/** As a merchant checks it, with the stock library: throws where the signature does not fit. */
export function verified(secret: string, { text, headers }: Received): Json {
  return new Webhook(secret).verify(text, headers) as Json;
}

function brief({ id, body }: Received) {
  return { id, type: body.type as string, sequence: body.data?.sequence as number };
}

/** What `look` sees, once it sees something. */
export async function until<T>(look: () => Promise<T | false | undefined>): Promise<T> {
  for (let n = 0; n < 400; n += 1) {
    const seen = await look();
    if (seen) return seen;
    await new Promise((resume) => setTimeout(resume, 50));
  }
  throw new Error('waited in vain');
}
