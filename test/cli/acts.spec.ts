import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { knownOperator } from '../support/operators';
import { order, tinyPdf } from '../support/orders';
import { Json, KEY, World } from '../support/world';
import { piaoka } from './piaoka';

const ADMIN = 'pk_admin_8f3a61c4d27b90e5a1f6037bc95e24d8';

describe('operators’ acts from a terminal', () => {
  let world: World;
  let folder: string;
  let approver: string;
  beforeAll(async () => {
    world = await World.start({ env: { BOOTSTRAP_ADMIN_KEY: ADMIN } });
    await world.control('PUT', '/profile', { authorizations: 'implied' });
    approver = (await knownOperator(world, ADMIN, '审批员', 'approver')).key as string;
    folder = mkdtempSync(join(tmpdir(), 'piaoka-acts-'));
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await world.end();
  });

  const run = (args: string[], key = ADMIN) => piaoka(args, { PIAOKA_URL: world.service.url, PIAOKA_KEY: key });

  /** An order that WeChat refused, or about which its answers contradict each other. */
  async function ended(state: 'refused' | 'needs_human'): Promise<Json & { id: string; order_id: string }> {
    const given = order();
    const refusal = { mode: 'errcode', errcode: 72031, applied: false };
    const faults = state === 'refused' ? [refusal] : [{ mode: 'timeout_after' }, refusal];
    const of = { path: '/card/invoice/insert', times: 1, order_id: given.order_id };
    await world.control(
      'POST',
      '/faults',
      faults.map((fault) => ({ ...of, ...fault })),
    );
    await world.post('/v1/orders', given).expect(202);
    const { id } = await world.until(given.order_id, [state]);
    return { ...given, id };
  }

  it('many are counted, begun anew and watched to their end; each tells its outcome', async () => {
    const [one] = [await ended('refused'), await ended('refused')];
    const filter = ['--state', 'refused', '--because-of', 'wechat_72031'];
    const counted = await run(['bulk', 'dry-run', ...filter]);
    expect(counted).toMatchObject({ exit: 0, stderr: '' });
    expect(counted.stdout).toContain('orders: 2');
    expect(await run(['bulk', 'start', ...filter])).toMatchObject({ exit: 2 });
    expect(await run(['bulk', 'start', '--reason', 'all of them'])).toMatchObject({ exit: 1 });

    const begun = await run(['bulk', 'start', ...filter, '--reason', '模板已开通', '--watch', '--json']);
    expect(begun.exit).toBe(0);
    const bulk = JSON.parse(begun.stdout) as Json;
    expect(bulk).toMatchObject({ state: 'done', counts: { reinserted: 2, pending: 0, skipped: 0 } });
    expect(bulk).toMatchObject({ states: { inserted: 2 }, remaining: [] });
    const each = await run(['bulk', 'orders', bulk.id as string]);
    expect(each.stdout).toMatch(new RegExp(`^${one?.order_id} +已重插 reinserted +已插卡 inserted$`, 'm'));
    expect(await run(['bulk', 'cancel', bulk.id as string, '--reason', 'too late'])).toMatchObject({ exit: 1 });
    await world.until(one?.order_id, ['inserted']);
  });

  it('one is begun anew with changes and another PDF, then cancelled by its merchant', async () => {
    const { id, order_id } = await ended('refused');
    const [changes, pdf] = [join(folder, 'changes.json'), join(folder, 'new.pdf')];
    writeFileSync(changes, JSON.stringify({ invoice: { remarks: '已更正' } }));
    writeFileSync(pdf, tinyPdf('another'));
    const args = ['orders', 'reinsert', id, '--reason', '备注有误', '--changes', changes, '--pdf', pdf, '--json'];
    const ran = await run(args);
    expect(ran).toMatchObject({ exit: 0 });
    expect(JSON.parse(ran.stdout)).toMatchObject({ revision: 2 });
    await world.until(order_id, ['inserted']);
    const cancelled = await run(['orders', 'cancel', order_id, '--reason', '发票已红冲'], KEY);
    expect(cancelled).toMatchObject({ exit: 0, stderr: '' });
    expect(cancelled.stdout).toContain('cancelled');
    expect((await world.order(order_id)).state).toBe('cancelled');
  });

  it('an operator finds an order by any number of it, reads its story, and mends it by that number', async () => {
    const { id, order_id, invoice } = (await ended('refused')) as Json;
    for (const number of [order_id, invoice.number, id] as string[]) {
      const found = await run(['orders', 'find', number]);
      expect(found).toMatchObject({ exit: 0, stderr: '' });
      expect(found.stdout).toMatch(new RegExp(`^${id} +被拒 refused .*${order_id} +${invoice.number}`, 'm'));
    }
    expect(await run(['orders', 'find', 'nothing'])).toMatchObject({ exit: 1, stderr: '' });
    expect(await run(['orders', 'show', 'nothing'])).toMatchObject({ exit: 1, stdout: '' });
    const shown = await run(['orders', 'show', invoice.number as string]);
    const yuan = (invoice.fee / 100).toLocaleString('en-US', { minimumFractionDigits: 2 });
    expect(shown.stdout).toContain(`金额 amount      ¥${yuan} = `);
    expect(shown.stdout).toMatch(/原因 reason +.*参数.* \(wechat_72031\)/);
    expect((await run(['orders', 'events', order_id as string])).stdout).toMatch(/ refused /);
    expect((await run(['orders', 'question', order_id as string])).stdout).toContain('nothing to ask');
    expect((await run(['orders', 'acts', order_id as string])).stdout).toContain(`orders reinsert ${id} --reason`);

    const mend = (...set: string[]) =>
      run(['orders', 'reinsert', order_id as string, '--reason', '抬头有误', ...set.flatMap((one) => ['--set', one])]);
    expect(await mend('fee=106.00')).toMatchObject({ exit: 2, stderr: expect.stringContaining('10600') as string });
    expect(await mend('title')).toMatchObject({ exit: 2 });
    expect(await mend('remarks=已更正', `fee=${invoice.fee}`)).toMatchObject({ exit: 0, stderr: '' });
    await world.until(order_id as string, ['inserted']);
    expect((await world.order(order_id as string)).invoice).toMatchObject({ remarks: '已更正' });
    const { card_code } = (await world.order(order_id as string)).insertion;
    expect((await run(['orders', 'find', card_code as string])).stdout).toContain(id);
    expect(await run(['orders', 'find', order_id as string], KEY)).toMatchObject({ exit: 4 });
  });

  it('a doubtful one is settled: by whoever saw the card, or by two who are sure that there is none', async () => {
    const seen = await ended('needs_human');
    const [card] = await world.cards(seen.order_id);
    const args = ['orders', 'resolve', seen.id, 'confirm_inserted', '--reason', '用户出示'];
    expect(await run([...args, '--card-code', card?.code as string])).toMatchObject({ exit: 0 });
    expect((await world.order(seen.order_id)).state).toBe('inserted');
    const again = await run(args);
    expect(again.exit).toBe(1);
    expect(again.stderr).toContain('409');
    expect(await run(['orders', 'resolve', seen.id, 'confirm_inserted'])).toMatchObject({ exit: 2 });

    const lost = await ended('needs_human');
    const deny = ['orders', 'resolve', lost.id, 'abandon', '--reason', '用户不再需要'];
    expect(await run(deny, approver)).toMatchObject({ exit: 0 });
    expect((await world.order(lost.order_id)).state).toBe('rejected');
  });

  it('a report is made, its files fetched, and their SHA-256 checked', async () => {
    const { body } = await world.get('/v1/admin/merchants', ADMIN).expect(200);
    const merchant = (body.items as Json[])[0]?.id as string;
    const ran = await run(['reports', 'make', '--merchant', merchant, '--day', today(), '--out', folder, '--json']);
    expect(ran).toMatchObject({ exit: 0, stderr: '' });
    const report = JSON.parse(ran.stdout) as Json;
    expect(report.files).toHaveLength(5);
    for (const { name, sha256 } of report.files as Json[]) {
      const bytes = readFileSync(join(folder, `${today()}-accepted-${merchant}-${name as string}`));
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
    }
    const before = readdirSync(folder).length;
    const another = ['reports', 'make', '--merchant', merchant, '--day', today(), '--by', 'issued', '--out', folder];
    expect(await run(another)).toMatchObject({ exit: 0 });
    expect(readdirSync(folder)).toHaveLength(before + 5);
    expect((await run(['reports', 'list', '--day', today()])).stdout).toContain(report.id);
    expect(await run(['reports', 'get', '00000000-0000-4000-8000-000000000000'])).toMatchObject({ exit: 1 });
  });
});

/** In Shanghai. */
function today(): string {
  return new Date(Date.now() + 8 * 3600 * 1000).toISOString().slice(0, 10);
}
