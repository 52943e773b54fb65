import 'reflect-metadata';
import request, { Test } from 'supertest';
import { loadConfig } from '../../src/config';
import { Log, makeLog } from '../../src/log';
import { EventView, OrderView } from '../../src/orders/orders.api';
import { Sandbox, startSandbox } from '../../src/sandbox/sandbox';
import { SandboxOptions } from '../../src/sandbox/settings';
import { Service, startService } from '../../src/service';
import { AnswerCheck } from './answers';
import { createDatabase } from './databases';

export const APPID = 'wxc0b84a53ed8e8d29';
export const CARD_ID = 'pjZ8Yt9WoOePThU0NfUKz5-tBEWU';
export const KEY = 'pk_test_8f3a61c4d27b90e5a1f6037bc95e24d8';
export const MASTER_KEY = Buffer.alloc(32, 7).toString('base64');

/** Waits of a real installation, shortened so that a story fits into a test. */
const SHORT = {
  WECHAT_TIMEOUT_MS: '800',
  LEASE_SECONDS: '2',
  IN_DOUBT_QUIET_SECONDS: '1',
  RETRY_SCHEDULE: '1s,1s,1s,1s,1s,1s',
  PROBE_SCHEDULE: '0s,1s,1s,1s,1s',
  // With a lease of two seconds a reading thread has half a second to start: stories about files take WHOLE_CHECK.
  PDF_CHECK: 'fast',
  LOG_LEVEL: 'silent',
  // Stories of wrong keys alone have a limit.
  WRONG_KEYS_PER_MINUTE: '1000000',
};

/** PDFs are held against their orders as in a real installation, under a lease that leaves time to read them. */
export const WHOLE_CHECK = { PDF_CHECK: 'full', LEASE_SECONDS: '20' };

export interface WorldOptions {
  env?: Record<string, string>;
  sandbox?: SandboxOptions;
  /** Another WeChat-compatible server in the sandbox's place. */
  wechatUrl?: string;
  /** What stands between the service and its database: the URL by which the service goes there. */
  through?: (databaseUrl: string) => Promise<string>;
  log?: Log;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Json = Record<string, any>;

/** A service with a database and a simulated WeChat of its own, spoken to over HTTP only. */
export class World {
  private constructor(
    readonly service: Service,
    readonly sandbox: Sandbox,
    readonly databaseUrl: string,
    private readonly drop: () => Promise<void>,
    private readonly answers: AnswerCheck,
  ) {}

  static async start({ env = {}, sandbox: options = {}, wechatUrl, through, log }: WorldOptions = {}): Promise<World> {
    const database = await createDatabase();
    const sandbox = await startSandbox({ calm: true, seed: 'test', ...options });
    const url = through ? await through(database.url) : database.url;
    const config = loadConfig(environment(url, wechatUrl ?? sandbox.url, env));
    const service = await startService(config, log ?? makeLog(config.LOG_LEVEL));
    return new World(service, sandbox, database.url, database.drop, await AnswerCheck.of(service.url));
  }

  async end(): Promise<void> {
    await this.service.close();
    await this.sandbox.close();
    await this.drop();
    this.answers.end();
  }

  post(path: string, body: unknown, key = KEY): Test {
    return request(this.service.url)
      .post(path)
      .set('authorization', `Bearer ${key}`)
      .send(body as object);
  }

  patch(path: string, body: object, key = KEY): Test {
    return request(this.service.url).patch(path).set('authorization', `Bearer ${key}`).send(body);
  }

  get(path: string, key = KEY): Test {
    return request(this.service.url).get(path).set('authorization', `Bearer ${key}`);
  }

  /** The person, or the weather, at the sandbox's control port. */
  async control(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<Json> {
    const answer = await fetch(this.sandbox.controlUrl + path, {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`sandbox: ${method} ${path} ${answer.status} ${text}`);
    return text ? (JSON.parse(text) as Json) : {};
  }

  authorize(...orderIds: string[]): Promise<Json> {
    return this.control(
      'POST',
      '/authorizations',
      orderIds.map((order_id) => ({ order_id, appid: APPID })),
    );
  }

  async cards(orderId?: string): Promise<Json[]> {
    return (await this.control('GET', `/ledger/cards${orderId ? `?order_id=${orderId}` : ''}`)).cards as Json[];
  }

  /** Requests that reached the sandbox, oldest first. */
  async requests(path: string, orderId?: string): Promise<Json[]> {
    const query = new URLSearchParams({ path, ...(orderId ? { order_id: orderId } : {}) });
    return (await this.control('GET', `/ledger?${query.toString()}`)).requests as Json[];
  }

  async order(orderId: string, key = KEY): Promise<OrderView> {
    return (await this.get(`/v1/orders/${orderId}`, key).expect(200)).body as OrderView;
  }

  async timeline(orderId: string, key = KEY): Promise<EventView[]> {
    return (await this.get(`/v1/orders/${orderId}/events`, key).expect(200)).body.items as EventView[];
  }

  /** The order once it has come to one of these states. */
  async until(orderId: string, states: string[], patienceMs = 20_000, key = KEY): Promise<OrderView> {
    const end = Date.now() + patienceMs;
    for (;;) {
      const order = await this.order(orderId, key);
      if (states.includes(order.state)) return order;
      if (Date.now() > end) {
        throw new Error(`${orderId} is ${order.state}, not ${states.join('/')}: ${JSON.stringify(order.insertion)}`);
      }
      await new Promise((resume) => setTimeout(resume, 30));
    }
  }
}

export function environment(databaseUrl: string, wechatUrl: string, env: Record<string, string> = {}) {
  return {
    PORT: '0',
    DATABASE_URL: databaseUrl,
    MASTER_KEY,
    WECHAT_BASE_URL: wechatUrl,
    WECHAT_APPID: APPID,
    WECHAT_SECRET: 'sandbox-secret',
    BOOTSTRAP_MERCHANT_KEY: KEY,
    BOOTSTRAP_CARD_ID: CARD_ID,
    ...SHORT,
    ...env,
  };
}
