import { createServer, Server } from 'node:http';
import { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { ROOT } from '../house/repository';
import { piaoka } from './piaoka';

const ADMIN = 'pk_admin_8f3a61c4d27b90e5a1f6037bc95e24d8';
const ID = '0195f3a0-6d1e-7c55-9a52-3f2b8f0f6c11';

describe('commands that wait for an answer in parts', () => {
  const asked: string[] = [];
  let server: Server;
  let env: Record<string, string>;
  let ended = false;
  beforeAll(async () => {
    const finding = { class: 'missing_at_wechat', order_id: 'A1', explanation: '缺卡', explanation_en: 'no card' };
    const answers: Record<string, () => object> = {
      'POST /v1/admin/reconciliations': () => ({ id: 'r1', ended_at: null }),
      'GET /v1/admin/reconciliations/r1?limit=200': () => {
        const counts = { read_back: 41 };
        const run = {
          id: 'r1',
          counts,
          ended_at: ended ? 'now' : null,
          findings: { items: [finding], next_cursor: 'c' },
        };
        ended = true;
        return run;
      },
      'GET /v1/admin/reconciliations/r1?limit=200&cursor=c': () => ({
        findings: { items: [finding], next_cursor: null },
      }),
      'POST /v1/admin/audit/verifications': () => ({ id: 'v1', state: 'queued' }),
      'GET /v1/admin/audit/verifications/v1': () => ({
        id: 'v1',
        state: 'done',
        result: { intact: false, chains: 2, rows: 9, findings: [{ seq: 3 }] },
      }),
      [`POST /v1/admin/orders/${ID}/reinsertions`]: () => ({ id: ID }),
      'POST /v1/invoices/read': () => ({ invoice: { number: '26312000000183259524' }, faults: [] }),
    };
    server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url} ${request.headers['idempotency-key'] ? 'keyed' : ''}`.trim());
      request.resume().on('end', () => {
        const answer = answers[`${request.method} ${request.url}`];
        response.writeHead(answer ? 200 : 404).end(JSON.stringify(answer?.() ?? {}));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    env = { PIAOKA_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, PIAOKA_KEY: ADMIN };
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  it('reconcile waits for the end, reads every page, and exits with 1 where there are differences', async () => {
    const ran = await piaoka(['reconcile', '--from', '2026-11-01'], env, true);
    expect(ran.exit).toBe(1);
    expect(ran.stderr).toContain('reconciling · read_back 41');
    expect(ran.stdout).toContain('differences: 2');
    expect(asked).toContain('POST /v1/admin/reconciliations keyed');
  });

  it('audit verify exits with 1 for a broken chain; reinsert is keyed and needs a reason; read prints the invoice', async () => {
    expect(await piaoka(['audit', 'verify'], env)).toMatchObject({ exit: 1 });
    expect(await piaoka(['orders', 'reinsert', ID], env)).toMatchObject({ exit: 2 });
    expect(await piaoka(['orders', 'reinsert', ID, '--reason', 'mended'], env)).toMatchObject({ exit: 0 });
    expect(asked).toContain(`POST /v1/admin/orders/${ID}/reinsertions keyed`);
    const read = await piaoka(['read', join(ROOT, 'package.json')], env);
    expect(read.exit).toBe(0);
    expect(JSON.parse(read.stdout)).toMatchObject({ invoice: { number: '26312000000183259524' } });
  });
});
