import { createServer, Server, Socket } from 'node:net';
import { RequestReader } from './mock-request';

/** What the mock knows of one order. */
export interface Card {
  orderId: string;
  /** How often insert was called for it: anything but 1 is a fault of the caller. */
  inserts: number;
  /** CLOCK_MONOTONIC in ms, which all processes of one machine share: when the first insert arrived. */
  at: number;
}

export interface Ledger {
  cards: Card[];
  uploads: number;
  /** Inserts that named a media id never given, or given twice. */
  wrongMedia: number;
  /** Requests that are none of the four known ones, or not as WeChat wants them. */
  refused: number;
}

export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/**
 * WeChat with nothing in it but the four calls of an insertion, on raw sockets, so that it costs the measurement little.
 * It is not the sandbox: it believes everything, answers at once or after `delayMs`, and counts.
 */
export class MockWechat {
  delayMs = 0;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private cards = new Map<string, Card>();
  private readonly media = new Set<string>();
  private uploads = 0;
  /** Goes on over resets: WeChat gives no code twice, and a kept database still holds the earlier ones. */
  private codes = 0;
  private wrongMedia = 0;
  private refused = 0;
  private waiter: { cards: number; done: () => void } | null = null;

  constructor() {
    this.server = createServer({ noDelay: true }, (socket) => {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => this.sockets.delete(socket));
      const reader = new RequestReader((path, body) => this.answer(socket, path, body));
      socket.on('data', (chunk: Buffer) => reader.take(chunk));
    });
  }

  listen(): Promise<number> {
    return new Promise((resolve) => {
      this.server.listen(0, '127.0.0.1', 1024, () => resolve((this.server.address() as { port: number }).port));
    });
  }

  reset(): void {
    this.cards = new Map();
    this.media.clear();
    this.uploads = this.wrongMedia = this.refused = 0;
  }

  ledger(): Ledger {
    const { uploads, wrongMedia, refused } = this;
    return { cards: [...this.cards.values()], uploads, wrongMedia, refused };
  }

  /** Resolves when so many different orders have a card, true; or after the time, false. */
  whenCards(cards: number, timeoutMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => finish(false), timeoutMs);
      const finish = (complete: boolean) => {
        clearTimeout(timer);
        this.waiter = null;
        resolve(complete);
      };
      if (this.cards.size >= cards) finish(true);
      else this.waiter = { cards, done: () => finish(true) };
    });
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
  }

  private answer(socket: Socket, path: string, body: Buffer[]): void {
    const text = this.textFor(path, body);
    const response = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${text.length}\r\n\r\n${text}`;
    if (this.delayMs > 0) setTimeout(() => socket.write(response, 'latin1'), this.delayMs);
    else socket.write(response, 'latin1');
  }

  private textFor(path: string, body: Buffer[]): string {
    if (path.startsWith('/card/invoice/insert')) return this.insert(Buffer.concat(body).toString());
    if (path.startsWith('/card/invoice/platform/setpdf')) {
      this.uploads += 1;
      const mediaId = String(7_400_000_000_000 + this.uploads);
      this.media.add(mediaId);
      return `{"errcode":0,"errmsg":"ok","s_media_id":"${mediaId}"}`;
    }
    if (path.startsWith('/cgi-bin/token') || path.startsWith('/cgi-bin/stable_token')) {
      return '{"access_token":"bench-token","expires_in":7200}';
    }
    // The service looks at its account when it starts.
    if (/^\/card\/invoice\/(setbizattr|seturl)/.test(path)) return '{"errcode":48001,"errmsg":"api unauthorized"}';
    this.refused += 1;
    return '{"errcode":40066,"errmsg":"invalid url"}';
  }

  private insert(text: string): string {
    const orderId = /"order_id":\s*"([^"]+)"/.exec(text)?.[1];
    const mediaId = /"s_pdf_media_id":\s*"([^"]+)"/.exec(text)?.[1];
    if (!orderId || !mediaId) {
      this.refused += 1;
      return '{"errcode":47001,"errmsg":"data format error"}';
    }
    if (!this.media.delete(mediaId)) this.wrongMedia += 1;
    const known = this.cards.get(orderId);
    if (known) known.inserts += 1;
    else this.cards.set(orderId, { orderId, inserts: 1, at: monotonicMs() });
    if (this.waiter && this.cards.size >= this.waiter.cards) this.waiter.done();
    this.codes += 1;
    return `{"errcode":0,"errmsg":"ok","code":"${this.codes}","openid":"oBenchUser0000000000000000001"}`;
  }
}
