import widthOf from 'string-width';
import { columns } from '../../src/cli/output';
import { money, reasonInWords, stateInWords } from '../../src/cli/words';
import { order } from '../support/orders';
import { Json, World } from '../support/world';
import { piaoka } from './piaoka';

const ADMIN = 'pk_admin_8f3a61c4d27b90e5a1f6037bc95e24d8';

describe('what a person reads in a terminal', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start({ env: { BOOTSTRAP_ADMIN_KEY: ADMIN } });
    await world.control('PUT', '/profile', { authorizations: 'implied' });
  });
  afterAll(() => world.end());

  const run = (...args: string[]) => piaoka(args, { PIAOKA_URL: world.service.url, PIAOKA_KEY: ADMIN });

  /** An order that WeChat refuses so many times. */
  async function refused(times = 1): Promise<string> {
    const given = order();
    const of = { path: '/card/invoice/insert', order_id: given.order_id };
    await world.control('POST', '/faults', [{ ...of, mode: 'errcode', errcode: 72031, applied: false, times }]);
    await world.post('/v1/orders', given).expect(202);
    await world.until(given.order_id, ['refused']);
    return given.order_id;
  }

  it('amounts are yuan with thousands, reasons are sentences', () => {
    expect([0, 5, 10_600, 123_456_789_012, -7].map(money)).toEqual([
      '¥0.00',
      '¥0.05',
      '¥106.00',
      '¥1,234,567,890.12',
      '¥-0.07',
    ]);
    expect(stateInWords('needs_human')).toBe('待人工处理 needs_human');
    expect(reasonInWords('wechat_72038')).toMatch(/授权.*\(wechat_72038\)$/);
    expect(reasonInWords('probes_exhausted')).toBe('自动核实次数已用尽。 The probes are used up. (probes_exhausted)');
    expect([reasonInWords('nobody_knows'), reasonInWords('constructor'), reasonInWords(null)]).toEqual([
      'nobody_knows',
      'constructor',
      '',
    ]);
  });

  it('columns stand below each other whatever is in them, and nothing in them steers the terminal', () => {
    const rows = [
      ['订单号', '抬头', '金额'],
      ['A1', '示例科技（上海）有限公司', '1,234.00'],
      ['A-12345', '𠮷野家 ｱｲ e\u0301', '5.00'],
      ['A2', 'Acme 🙂', '10.00'],
    ];
    const lines = columns(rows, [2]);
    expect(new Set(lines.map(widthOf)).size).toBe(1);
    expect(lines.every((line, n) => line.endsWith(rows[n]?.[2] as string))).toBe(true);
    expect(columns([['\u001b[2J\u202eabc\nd', 'x']])).toEqual(['�[2J�abc�d  x']);
    expect(columns([])).toEqual([]);
  });

  it('a group’s help is help, however it is asked for, and lists its commands alone', async () => {
    const asked = await piaoka(['orders', '--help']);
    expect(asked).toMatchObject({ exit: 0, stderr: '' });
    for (const word of ['piaoka orders <command>', '订单', 'orders reinsert <number>', '退出码', 'PIAOKA_KEY'])
      expect(asked.stdout).toContain(word);
    expect(asked.stdout).not.toContain('holds list');
    for (const args of [
      ['help', 'orders'],
      ['orders', 'help'],
      ['--help', 'orders'],
    ])
      expect(await piaoka(args)).toEqual(asked);
    expect((await piaoka(['help', 'orders', 'find'])).stdout).toBe((await piaoka(['orders', 'find', '--help'])).stdout);
    expect(await piaoka(['orders', 'nonsense'])).toMatchObject({ exit: 2, stdout: '' });
    expect(await piaoka(['help', 'nonsense'])).toMatchObject({ exit: 2, stdout: '' });
    const groups = new Set((await piaoka(['help'])).stdout.match(/^ {2}\w+(?= \w+ )/gm));
    for (const group of groups)
      expect(await piaoka([group.trim(), '--help'])).toMatchObject({ exit: expect.any(Number) as number });
  });

  it('orders are a table of yuan and words; with --json they are what the service says', async () => {
    const order_id = await refused();
    const { invoice } = await world.order(order_id);
    const list = await piaoka(['orders', 'list', '--limit', '1'], {
      PIAOKA_URL: world.service.url,
      PIAOKA_KEY: 'pk_test_8f3a61c4d27b90e5a1f6037bc95e24d8',
    });
    const [head = '', row = ''] = list.stdout.split('\n');
    expect(head).toMatch(/^受理 accepted +状态 state +订单号 order_id +金额 amount +发票 invoice +抬头 title$/);
    expect(row).toMatch(
      new RegExp(`被拒 refused +${order_id} +${money(invoice.fee).replace('.', '\\.')} +${invoice.number}`),
    );
    const found = JSON.parse((await run('orders', 'find', order_id, '--json')).stdout) as { items: Json[] };
    expect(found.items[0]?.invoice).toMatchObject({ fee: invoice.fee });
    expect(await run('orders', 'list', '--limit', '-1')).toMatchObject({ exit: 2 });
  });

  it('operators are listed, added and revoked; each is found in the audit trail', async () => {
    const added = await run('operators', 'add', '王芳', '--role', 'approver', '--reason', '入职');
    expect(added).toMatchObject({ exit: 0, stderr: expect.stringContaining('只交给本人') as string });
    const key = added.stdout.trim();
    const listed = await run('operators', 'list');
    const [, id = ''] = /^(\S+) +王芳 +审批 approver +20\S+ \S+ +—$/m.exec(listed.stdout) ?? [];
    expect(listed.stdout).not.toContain(key);
    expect(await run('operators', 'add', '王芳', '--role', 'viewer')).toMatchObject({ exit: 1 });
    expect(await run('operators', 'revoke', id)).toMatchObject({ exit: 0 });
    expect((await run('operators', 'list')).stdout).not.toMatch(/王芳 .*—$/m);

    const acts = await run('audit', 'search', '--object', id);
    expect(acts.stdout.split('\n')[0]).toMatch(/^时间 at +谁 actor +行为 action/);
    expect(acts.stdout).toMatch(/operator\.revoked[\s\S]*operator\.created .*入职 .*王芳/);
    const one = await run('audit', 'search', '--object', id, '--limit', '1', '--json');
    expect(
      one.stdout
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as Json).action as string),
    ).toEqual(['operator.revoked']);
    const all = await run('audit', 'search', '--limit', 'all', '--json');
    expect(all.stdout.trim().split('\n').length).toBeGreaterThan(1);
  });

  it('findings are listed and decided upon', async () => {
    const [{ id: merchant }] = ((await world.get('/v1/admin/merchants', ADMIN).expect(200)).body as Json).items as [
      Json,
    ];
    const day = new Date(Date.now() + 8 * 3600 * 1000).toISOString().slice(0, 10);
    const next = new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
    const where = `/v1/admin/reconciliations/statements?merchant=${merchant as string}&from=${day}&to=${next}`;
    const sent = await fetch(world.service.url + where, {
      method: 'POST',
      headers: { authorization: `Bearer ${ADMIN}`, 'content-type': 'text/csv' },
      body: 'order_id,invoice_number,fee\nNOT-HERE,26312000000183259524,1\n',
    });
    expect(sent.status).toBe(201);
    for (let n = 0; n < 200 && !(await run('findings', 'list')).stdout.includes('NOT-HERE'); n += 1)
      await new Promise((resume) => setTimeout(resume, 50));
    const listed = await run('findings', 'list');
    const [, id = ''] = /^(\S+) +\S+ \S+ +未处理 open +NOT-HERE /m.exec(listed.stdout) ?? [];
    expect(listed.stdout).toContain('说明 explanation');
    expect(await run('findings', 'accept', id)).toMatchObject({ exit: 2 });
    expect((await run('findings', 'accept', id, '--reason', '已核实')).stdout).toBe('✓ 已接受 accepted  NOT-HERE\n');
    expect((await run('findings', 'list')).stdout).not.toContain('NOT-HERE');
    expect((await run('findings', 'list', '--state', 'all')).stdout).toContain('NOT-HERE');
  });

  it('a bulk ends by saying what became of its orders, and which have no card', async () => {
    await world.control('DELETE', '/faults');
    const [mended, again] = [await refused(), await refused(2)];
    const filter = ['--state', 'refused', '--because-of', 'wechat_72031'];
    const ended = await run('bulk', 'start', ...filter, '--reason', '模板已开通', '--watch');
    expect(ended).toMatchObject({ exit: 0 });
    expect(ended.stdout).toMatch(/^完成 done {2}/);
    expect(ended.stdout).toMatch(/^ {2}已插卡 inserted +\d+$/m);
    expect(ended.stdout).toMatch(/^ {2}被拒 refused +1$/m);
    expect(ended.stdout).toMatch(new RegExp(`without a card: 1\\n {2}${again} +被拒 refused +.*wechat_72031`));
    expect(ended.stdout).not.toContain(mended);
  });
});
