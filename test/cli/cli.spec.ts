import { getSignature } from '@wecom/crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { order, orderWithoutPdf, tinyPdf } from '../support/orders';
import { APPID, Json, KEY, World } from '../support/world';
import { piaoka, piaokaProcess } from './piaoka';

const ADMIN = 'pk_admin_8f3a61c4d27b90e5a1f6037bc95e24d8';

jest.setTimeout(120_000);

describe('piaoka, the command line', () => {
  let world: World;
  let folder: string;
  let mine: Record<string, string>;
  let operators: Record<string, string>;
  beforeAll(async () => {
    world = await World.start({ env: { ROLE: 'api', BOOTSTRAP_ADMIN_KEY: ADMIN } });
    folder = mkdtempSync(join(tmpdir(), 'piaoka-cli-'));
    mine = { PIAOKA_URL: world.service.url, PIAOKA_KEY: KEY };
    operators = { PIAOKA_URL: world.service.url, PIAOKA_KEY_FILE: file('admin.key', `${ADMIN}\n`) };
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await world.end();
  });

  const file = (name: string, content: string | Buffer | object) => {
    const path = join(folder, name);
    writeFileSync(path, typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content));
    return path;
  };

  it('teaches: help for all and for each command, in both languages, with examples and exit codes', async () => {
    const all = await piaoka(['--help']);
    expect(all.exit).toBe(0);
    for (const word of ['check', 'orders submit', 'reconcile', 'PIAOKA_URL', '退出码', '先试试'])
      expect(all.stdout).toContain(word);
    const one = await piaoka(['orders', 'submit', '--help']);
    expect(one.stdout).toMatch(/--pdf-dir DIR.*[\s\S]*piaoka orders submit order\.json invoice\.pdf/);
    expect((await piaoka(['keys'])).stdout).toBe('');
    expect(await piaoka(['nonsense'])).toMatchObject({ exit: 2, stdout: '' });
    expect(await piaoka(['orders', 'get'])).toMatchObject({ exit: 2 });
    expect(await piaoka(['check', 'a', '--nonsense'])).toMatchObject({ exit: 2 });
  });

  it('checks an invoice and its PDF without a service: 0 valid, 1 not', async () => {
    const good = file('good.json', orderWithoutPdf());
    expect(await piaoka(['check', good, file('good.pdf', tinyPdf())])).toMatchObject({ exit: 0 });
    const bad = file('bad.json', { ...(orderWithoutPdf().invoice as Json), number: '1', fees: 1 });
    const told = await piaoka(['check', bad, file('bad.pdf', 'OFD'), '--json']);
    expect(told.exit).toBe(1);
    const faults = (JSON.parse(told.stdout) as Json).faults as Json[];
    expect(faults.map(({ code }) => code as string)).toEqual(['FIELD-UNKNOWN', 'INVOICE-NUMBER-01', 'PDF-SHAPE-01']);
    const doubtful = file('doubtful.json', { ...(orderWithoutPdf().invoice as Json), cashier: '示例' });
    expect(await piaoka(['check', doubtful])).toMatchObject({ exit: 0 });
    expect(await piaoka(['check', doubtful, '--strict', 'INVOICE-TEXT-02'])).toMatchObject({ exit: 1 });
    expect(await piaoka(['check', file('twice.json', '{"number":"1","number":"2"}')])).toMatchObject({ exit: 1 });
    expect(await piaoka(['check', join(folder, 'nowhere.json')])).toMatchObject({ exit: 2 });
  });

  it('is a program: its streams, its exit code, and nothing that keeps it running', async () => {
    const ran = await piaokaProcess(['check', '-', file('process.pdf', tinyPdf()), '--json'], {}, '{"number":"1"}');
    expect(ran).toMatchObject({ exit: 1, stderr: '' });
    expect(JSON.parse(ran.stdout)).toMatchObject({ valid: false });
    expect(await piaokaProcess(['orders', 'get', 'x'], { PIAOKA_URL: 'ftp://x' })).toMatchObject({
      exit: 2,
      stdout: '',
      stderr: expect.stringContaining('PIAOKA_URL') as string,
    });
  });

  it('explains a rule and an errcode of WeChat', async () => {
    expect((await piaoka(['rules', 'INVOICE-NUMBER-03'])).stdout).toContain('开票年份');
    expect((await piaoka(['rules', '72073'])).stdout).toContain('INVOICE-AMOUNT-01');
    expect((JSON.parse((await piaoka(['rules', '--json'])).stdout) as Json).rules).not.toHaveLength(0);
    expect(await piaoka(['rules', 'nothing'])).toMatchObject({ exit: 2 });
  });

  it('submits an order with its PDF, gets it, and says that it was posted before', async () => {
    const given = orderWithoutPdf();
    const [json, pdf] = [file('order.json', given), file('order.pdf', tinyPdf(given.order_id))];
    const first = await piaoka(['orders', 'submit', json, pdf], mine);
    expect(first).toMatchObject({ exit: 0, stderr: '' });
    expect(first.stdout).toContain('已受理');
    expect((await piaoka(['orders', 'submit', json, pdf], mine)).stdout).toContain('posted before');
    const got = await piaoka(['orders', 'get', given.order_id, '--json'], mine);
    expect(JSON.parse(got.stdout)).toMatchObject({ order_id: given.order_id, state: 'accepted' });
    const refused = await piaoka(['orders', 'submit', file('broken.json', { ...order(), invoice: {} })], mine);
    expect(refused.exit).toBe(1);
    expect(refused.stderr).toContain('/invoice/number FIELD-MISSING');
  });

  it('submits a whole file, each line by itself, with the PDFs of a folder, and lists what is there', async () => {
    const orders = Array.from({ length: 3 }, () => orderWithoutPdf());
    for (const { order_id } of orders) file(`${order_id}.pdf`, tinyPdf(order_id));
    const lines = [...orders.map((one) => JSON.stringify(one)), '{"order_id":"x"', ''];
    const all = await piaoka(
      ['orders', 'submit', file('many.ndjson', lines.join('\n')), '--pdf-dir', folder, '--json'],
      mine,
    );
    expect(all.exit).toBe(1);
    const answers = all.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Json);
    expect(answers.map(({ line, status }) => [line, status])).toEqual([
      [1, 202],
      [2, 202],
      [3, 202],
      [4, 400],
    ]);
    expect(all.stderr).toContain('accepted 3');
    const watched = await piaoka(['orders', 'submit', join(folder, 'many.ndjson'), '--pdf-dir', folder], mine, true);
    expect(watched.stderr).toMatch(/orders .* 4\/4/);
    expect(watched.stderr).toContain('posted before 3');
    const listed = await piaoka(['orders', 'list', '--limit', 'all', '--json'], mine);
    const ids = listed.stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as Json).order_id as string);
    expect(ids).toEqual(expect.arrayContaining(orders.map(({ order_id }) => order_id)));
  });

  it('gives a key, shows it once, and revokes it; places and lifts a hold', async () => {
    const [merchant] = (JSON.parse((await piaoka(['merchants', '--json'], operators)).stdout) as Json).items as Json[];
    const id = merchant?.id as string;
    const made = await piaoka(['keys', 'create', id, '--label', 'ERP', '--scope', 'orders:read', '--json'], operators);
    const { key, id: keyId } = JSON.parse(made.stdout) as Json;
    expect(await piaoka(['orders', 'list'], { ...mine, PIAOKA_KEY: key as string })).toMatchObject({ exit: 0 });
    const shown = await piaoka(['keys', 'list', id], operators);
    expect(shown.stdout).toContain('ERP');
    expect(shown.stdout).not.toContain(key);
    expect(await piaoka(['keys', 'revoke', id, keyId as string, '--reason', 'done'], operators)).toMatchObject({
      exit: 0,
    });
    expect(await piaoka(['orders', 'list'], { ...mine, PIAOKA_KEY: key as string })).toMatchObject({ exit: 4 });

    const placed = await piaoka(['holds', 'place', '--merchant', id, '--reason', 'a look', '--json'], operators);
    const hold = (JSON.parse(placed.stdout) as Json).id as string;
    expect((await piaoka(['holds', 'list'], operators)).stdout).toContain(hold);
    expect(await piaoka(['holds', 'lift', hold], operators)).toMatchObject({ exit: 0 });
    expect((await piaoka(['holds', 'list'], operators)).stdout).toContain('nothing is held');
  });

  it('prepares an account at WeChat, step by step, until the check is content, and probes it', async () => {
    const file = (name: string, value: unknown) => {
      writeFileSync(join(folder, name), typeof value === 'string' ? value : JSON.stringify(value));
      return join(folder, name);
    };
    const run = (...args: string[]) => piaoka(args, operators);
    expect(await run('account', 'check', APPID)).toMatchObject({ exit: 1 });
    expect((await run('account', 's_pappid', APPID)).stdout).toMatch(/^d3[gh]/);
    await run('account', 'set', APPID, 'contact', file('contact.json', { phone: '021-88888888', time_out: 7200 }));
    const fields = { user_field: { show_title: 1 }, biz_field: { show_title: 1, show_tax_no: 1 } };
    await run('account', 'set', APPID, 'auth_field', file('fields.json', fields));
    expect(await run('account', 'check', APPID)).toMatchObject({ exit: 0 });
    const secret = file('secret.txt', 'the-merchants-secret\n');
    expect(await run('account', 'add', 'wx_merchant', secret, '--role', 'merchant')).toMatchObject({ exit: 0 });
    expect((await run('account', 'list')).stdout).toMatch(/wx_merchant {2}merchant/);
    const template = { payee: '示例科技', type: '数电发票', title: '示例', logo_url: 'https://mmbiz.qpic.cn/x' };
    const made = await run('template', 'create', file('template.json', template));
    expect(made.stdout).toMatch(/^✓ p/);
    expect((await run('template', 'list')).stdout).toContain('示例科技');
    expect(await run('account', 'probe', APPID)).toMatchObject({ exit: 2 });
    const probed = await run('account', 'probe', APPID, '--reason', '上线前', '--upload-mib', '1');
    expect(probed).toMatchObject({ exit: 0 });
    expect(probed.stdout).toContain('A PDF of 1 MiB is taken.');

    // What changes later: the secret, the pushes, a template whose making nobody knows about.
    expect(await run('account', 'change', 'wx_merchant')).toMatchObject({ exit: 2 });
    const changed = await run('account', 'change', 'wx_merchant', '--secret-file', secret, '--role', 'reimburser');
    expect(changed).toMatchObject({ exit: 0, stdout: '✓ wx_merchant  reimburser  stable  current\n' });
    await world.control('POST', '/faults', [
      { path: '/card/invoice/platform/createcard', mode: 'drop_after', times: 1 },
    ]);
    const lost = file('lost.json', { ...template, payee: '不明' });
    expect(await run('template', 'create', lost)).toMatchObject({ exit: 1 });
    const templates = JSON.parse((await run('template', 'list', '--json')).stdout) as { items: Json[] };
    const unclear = templates.items.find(({ state }) => state === 'unclear')?.id as string;
    const settled = await run(
      'template',
      'settle',
      unclear,
      'made',
      '--card-id',
      'p_found',
      '--reason',
      '公众平台可见',
    );
    expect(settled).toMatchObject({ exit: 0, stdout: '✓ ready  p_found\n' });
  });

  it('sets how WeChat pushes, and shows what nobody could read until somebody has seen to it', async () => {
    const run = (...args: string[]) => piaoka(args, operators);
    writeFileSync(join(folder, 'callback.json'), JSON.stringify({ mode: 'plain', token: 'tokenoftheaccount' }));
    const set = await run('account', 'callback', APPID, join(folder, 'callback.json'));
    expect(set).toMatchObject({ exit: 0, stdout: `✓ plain  /wechat/callbacks/${APPID}\n` });
    const timestamp = String(Math.floor(Date.now() / 1000));
    const signature = getSignature('tokenoftheaccount', timestamp, 'n', '');
    const parameters = new URLSearchParams({ timestamp, nonce: 'n', signature });
    const url = `${world.service.url}/wechat/callbacks/${APPID}?${parameters.toString()}`;
    expect((await fetch(url, { method: 'POST', body: 'no document\u001b[2J\u009b2J' })).status).toBe(200);
    const listed = await run('push', 'list', '--state', 'unreadable');
    const id = listed.stdout.split(' ')[0] as string;
    expect((await run('push', 'show', id)).stdout).toBe('"unreadable"  "no document\\u001b[2J\\u009b2J"\n');
    expect(await run('push', 'seen', id)).toMatchObject({ exit: 2 });
    expect(await run('push', 'seen', id, '--reason', '已核实')).toMatchObject({ exit: 0, stdout: '✓ seen\n' });
    expect((await run('push', 'list', '--state', 'unreadable')).stdout).toBe('');
    const named = JSON.stringify({ Event: 'odd\u001b[2J\u009b2J\n', CreateTime: 1 });
    expect((await fetch(url, { method: 'POST', body: named })).status).toBe(200);
    expect((await run('push', 'list')).stdout).toContain('  odd\\u001b[2J\\u009b2J');
  });

  it('tells by its exit code what stood in the way', async () => {
    const nowhere = { PIAOKA_URL: 'http://127.0.0.1:9', PIAOKA_KEY: 'x' };
    expect(await piaoka(['orders', 'get', 'x'], nowhere)).toMatchObject({ exit: 3 });
    expect(await piaoka(['orders', 'get', 'x'], { PIAOKA_URL: world.service.url })).toMatchObject({ exit: 2 });
    expect(await piaoka(['orders', 'get', 'x'], { ...mine, PIAOKA_KEY: 'wrong' })).toMatchObject({ exit: 4 });
    expect(await piaoka(['orders', 'get', 'nothing', '--json'], mine)).toMatchObject({ exit: 1, stderr: '' });
    expect(await piaoka(['holds', 'list'], mine)).toMatchObject({ exit: 4 });
  });
});
