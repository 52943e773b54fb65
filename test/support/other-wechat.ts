import { createServer, IncomingMessage, Server, ServerResponse } from 'node:http';
import { AddressInfo } from 'node:net';

interface Card {
  orderId: string;
  code: string;
}

/**
 * Another server that speaks WeChat's paths, written apart from the sandbox: answers look a little different (text/plain,
 * escaped slashes, errcode as text), and every n-th insert is carried out and then left without an answer.
 */
export class OtherWechat {
  readonly cards: Card[] = [];
  inserts = 0;
  private readonly server: Server;

  constructor(private readonly dropEvery = 0) {
    this.server = createServer((request, response) => void this.answer(request, response));
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/gateway`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await read(request);
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://x');
    if (pathname === '/gateway/cgi-bin/stable_token') return say(response, { access_token: 'T-1', expires_in: 7200 });
    if (searchParams.get('access_token') !== 'T-1')
      return say(response, { errcode: '40001', errmsg: 'invalid credential' });
    if (pathname === '/gateway/card/invoice/platform/setpdf') {
      return say(response, { errcode: 0, errmsg: 'ok', s_media_id: `43243638606610${String(Date.now()).slice(-5)}` });
    }
    if (pathname === '/gateway/card/invoice/insert')
      return this.insert(JSON.parse(body.toString()) as { order_id: string }, response);
    response.writeHead(404).end();
  }

  private insert({ order_id: orderId }: { order_id: string }, response: ServerResponse): void {
    this.inserts += 1;
    const known = this.cards.find((card) => card.orderId === orderId);
    if (known) return say(response, { errcode: '72056', errmsg: 'order_id repeated, please check order_id' });
    const card = { orderId, code: String(300_000_000_000 + this.cards.length) };
    this.cards.push(card);
    if (this.dropEvery && this.inserts % this.dropEvery === 0) {
      response.socket?.destroy();
      return;
    }
    say(response, { errcode: '0', errmsg: 'ok', code: card.code, openid: 'ojZ8Ytz4lESgdWZ34L_R1TvB2Kds' });
  }
}

function say(response: ServerResponse, answer: object): void {
  response.writeHead(200, { 'content-type': 'text/plain' }).end(JSON.stringify(answer).replaceAll('/', '\\/'));
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
