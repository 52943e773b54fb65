import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyQueued } from '../../src/audit/verifications';
import { connect } from '../../src/data/data-source';
import { order, orderWithoutPdf, orderWithRealPdf, tinyPdf } from '../support/orders';
import { Json, KEY, World, MASTER_KEY } from '../support/world';
import { piaoka } from './piaoka';

const ADMIN = 'pk_admin_8f3a61c4d27b90e5a1f6037bc95e24d8';

jest.setTimeout(120_000);

describe('piaoka and the files of invoices, with a real service', () => {
  let world: World;
  let folder: string;
  let mine: Record<string, string>;
  let operators: Record<string, string>;
  beforeAll(async () => {
    world = await World.start({ env: { ROLE: 'api', BOOTSTRAP_ADMIN_KEY: ADMIN } });
    folder = mkdtempSync(join(tmpdir(), 'piaoka-cli-'));
    mine = { PIAOKA_URL: world.service.url, PIAOKA_KEY: KEY };
    operators = { PIAOKA_URL: world.service.url, PIAOKA_KEY: ADMIN };
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await world.end();
  });

  const file = (name: string, content: string | Buffer) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };

  it('reads a PDF into an invoice, which is then held against that PDF and against another one', async () => {
    const [one, other] = [await orderWithRealPdf(), await orderWithRealPdf()];
    const pdf = file('one.pdf', Buffer.from(one.pdf as string, 'base64'));
    const read = await piaoka(['read', pdf], mine);
    expect(read).toMatchObject({ exit: 0, stderr: '' });
    const invoice = file('one.json', read.stdout);
    expect((JSON.parse(read.stdout) as Json).invoice.number).toBe((one.invoice as Json).number);
    expect(await piaoka(['check', invoice, pdf])).toMatchObject({ exit: 0 });
    const wrong = file('other.pdf', Buffer.from(other.pdf as string, 'base64'));
    const differing = await piaoka(['check', invoice, wrong]);
    expect(differing.exit).toBe(1);
    expect(differing.stdout).toContain('PDF-NUMBER-01');
    const shown = JSON.parse((await piaoka(['read', pdf, '--json'], mine)).stdout) as Json;
    expect(shown.provenance['/invoice/number']).toEqual({ source: 'qr', confidence: 'certain' });
  });

  it('says what a file lacks, and exits with 1', async () => {
    const blank = await piaoka(['read', file('blank.pdf', tinyPdf())], mine);
    expect(blank.exit).toBe(1);
    expect(blank.stderr).toContain('/invoice/number  FILE-LACKS-01');
  });

  it('submits an order that leaves its invoice to its PDF', async () => {
    const given = await orderWithRealPdf();
    const pdf = file('left.pdf', Buffer.from(given.pdf as string, 'base64'));
    const left = { ...orderWithoutPdf(), invoice: 'from_file' };
    const json = file('left.json', JSON.stringify(left));
    expect(await piaoka(['orders', 'submit', json, pdf], mine)).toMatchObject({ exit: 0 });
    const got = await piaoka(['orders', 'get', left.order_id, '--json'], mine);
    expect((JSON.parse(got.stdout) as Json).invoice.number).toBe((given.invoice as Json).number);
  });

  it('verifies the audit trail; inserts nothing once more that may not be, nor for a merchant', async () => {
    // No worker runs here: this is one's turn.
    const dataSource = await connect(world.databaseUrl);
    const verified = piaoka(['audit', 'verify'], operators);
    while (!(await verifyQueued(dataSource, [MASTER_KEY]))) await new Promise((resume) => setTimeout(resume, 20));
    expect(await verified).toMatchObject({ exit: 0 });
    await dataSource.destroy();
    const { body } = await world.post('/v1/orders', order()).expect(202);
    const again = ['orders', 'reinsert', (body as Json).id as string, '--reason', 'a try'];
    const ran = await piaoka(again, operators);
    expect(ran.exit).toBe(1);
    expect(ran.stderr).toContain('409');
    expect(await piaoka(again, mine)).toMatchObject({ exit: 4 });
  });
});
