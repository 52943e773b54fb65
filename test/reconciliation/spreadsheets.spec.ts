import { query } from '../support/databases';
import { Json, World } from '../support/world';

const ADMIN = 'pk_admin_8f3a61c4d27b90e5a1f6037bc95e24d8';
const NUMBER = '26312000000183259524';
/** Its last digits are zeros by chance. */
const ROUND = '26312000000183200000';
/** `订单号,金额（元）` in GBK, as a Chinese Windows writes it: by hand, from the code table. */
const GBK_HEAD = Buffer.from('b6a9b5a5bac52cbdf0b6eea3a8d4aaa3a9', 'hex');
/** `已红冲`, likewise. */
const GBK_CANCELLED = Buffer.from('d2d1baecb3e5', 'hex');

describe('a statement as spreadsheets write it', () => {
  let world: World;
  let merchant: string;
  beforeAll(async () => {
    world = await World.start({ env: { BOOTSTRAP_ADMIN_KEY: ADMIN } });
    const [row] = await query<Json>(world.databaseUrl, 'SELECT id FROM merchants');
    merchant = row?.id as string;
    await accepted('A-1', NUMBER, 123_450);
    await accepted('A-2', ROUND, 10_600);
  });
  afterAll(() => world.end());

  const accepted = (orderId: string, number: string, fee: number) =>
    query(
      world.databaseUrl,
      `WITH o AS (
         INSERT INTO orders (merchant_id, id, appid, order_id, card_id, invoice_number, invoice, content_sha256, pdf_sha256, created_at)
         SELECT id, gen_random_uuid(), appid, $1, 'c', $2, jsonb_build_object('fee', $3::int), sha256('a'), sha256('b'),
                '2026-11-24T12:00:00+08:00' FROM merchants RETURNING merchant_id, id)
       INSERT INTO insertions (merchant_id, id, issuer_appid, created_at, state, card_code_state)
       SELECT merchant_id, id, 'wx', '2026-11-24T12:00:00+08:00', 'inserted', 'unknown' FROM o`,
      [orderId, number, fee],
      'SET session_replication_role = replica',
    );

  async function send(body: string | Buffer): Promise<{ status: number; body: Json }> {
    const where = new URLSearchParams({ merchant, from: '2026-11-24', to: '2026-11-25' }).toString();
    const answer = await fetch(`${world.service.url}/v1/admin/reconciliations/statements?${where}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ADMIN}`, 'content-type': 'text/csv' },
      body,
    });
    return { status: answer.status, body: (await answer.json()) as Json };
  }

  /** What differs by this statement, and how many orders it named. */
  async function compared(body: string | Buffer): Promise<{ lines: number; told: string[]; ignored: string[] }> {
    const { status, body: run } = await send(body);
    expect([status, run.errors]).toEqual([201, undefined]);
    for (let n = 0; n < 600; n += 1) {
      const { body: now } = await world.get(`/v1/admin/reconciliations/${run.id}?limit=200`, ADMIN).expect(200);
      if (now.state === 'done') {
        const items = (now.findings as Json).items as Json[];
        const told = items.filter(({ source }) => source === 'statement').map((f) => `${f.class} ${f.order_id}`);
        return { lines: now.statement_lines as number, told: told.sort(), ignored: run.ignored_columns as string[] };
      }
      await new Promise((resume) => setTimeout(resume, 30));
    }
    throw new Error('the run does not end');
  }
  const faults = async (body: string | Buffer) =>
    ((await send(body)).body.errors as Json[]).map(({ pointer, code }) => `${pointer} ${code}`);

  const SAME = { lines: 2, told: [], ignored: [] };
  const CRLF = Buffer.from('\r\n');

  it('in GBK, in UTF-16 of either order, with tabs, with semicolons, it is the same statement', async () => {
    const text = '订单号,发票号码,价税合计\r\nA-1,26312000000183259524,"1,234.50"\r\nA-2,,￥106\r\n';
    const tabs = text.replaceAll('"', '').replaceAll(',', '\t').replace('1\t234', '1,234');
    const utf16 = Buffer.from(`\ufeff${tabs}`, 'utf16le');
    expect(await compared(text)).toEqual(SAME);
    expect(await compared(utf16)).toEqual(SAME);
    expect(await compared(Buffer.from(utf16).swap16())).toEqual(SAME);
    expect(await compared(utf16.subarray(2))).toMatchObject({ lines: 2 });
    expect(await compared(tabs)).toEqual(SAME);
    expect(await compared(text.replaceAll(',', ';').replace('1;234', '1,234'))).toEqual(SAME);
    const gbk = Buffer.concat([GBK_HEAD, CRLF, Buffer.from('A-1,1234.5\r\nA-2,106.00'), CRLF]);
    expect(await compared(gbk)).toEqual(SAME);
    const state = Buffer.concat([Buffer.from('order_id,state\nA-1,'), GBK_CANCELLED, Buffer.from('\nA-2,\n')]);
    expect(await compared(state)).toMatchObject({ lines: 2, told: ['state A-1'] });
  });

  it('two encodings in one file, or none of those, is said so', async () => {
    const mixed = Buffer.concat([Buffer.from('订单号,状态\nA-1,'), GBK_CANCELLED, Buffer.from('\n')]);
    expect(await faults(mixed)).toEqual(['/2 JSON-ENCODING']);
    expect(await faults(Buffer.from([0x6f, 0xff, 0xff, 0x0a]))).toEqual(['/1 JSON-ENCODING']);
  });

  it('surplus columns, empty lines and sums are passed over; the columns are named', async () => {
    const lines = [
      '序号,订单号,购买方,价税合计,备注',
      '1,A-1,示例,"¥1,234.50",',
      ',,,,',
      '小计,,,"1,234.50",',
      '2,A-2,示例,106元,',
      ',合计,,"1,340.50",',
      '合计：,,,"1,340.50"',
    ];
    expect(await compared(lines.join('\n'))).toEqual({ ...SAME, ignored: ['序号', '购买方', '备注'] });
    // A line with an order's number and no sum's word is an order's, with a fault.
    expect(await faults('订单号,发票号码,金额\n合计,26312000000183259524,1\n,26312000000183259524,1')).toEqual([
      '/2/order_id FIELD-PATTERN',
      '/3/order_id FIELD-MISSING',
    ]);
  });

  it('text cells are text, however they were kept from being numbers', async () => {
    const cells = [`'${NUMBER}`, `="${NUMBER}"`, `"=""${NUMBER}"""`, `"${NUMBER}\t"`];
    for (const cell of cells) expect(await compared(`order_id,invoice_number\n'A-1,${cell}\n="A-2",\n`)).toEqual(SAME);
    // It was read, and compared.
    const other = await compared(`order_id,invoice_number\nA-1,'26312000000000000001\nA-2,\n`);
    expect(other.told).toEqual(['number A-1']);
  });

  it('numbers that a spreadsheet has rounded are named as such; one that ends in zeros by itself is not', async () => {
    const csv = `order_id,invoice_number,fee\nA-1,2.6312E+19,\nA-2,26312000000183300000,\n20261122000012300000,,\n,,1.2E+05\n`;
    expect(await faults(csv)).toEqual([
      '/2/invoice_number CSV-NUMBER',
      '/3/invoice_number CSV-NUMBER',
      '/4/order_id CSV-NUMBER',
      '/5/fee CSV-NUMBER',
    ]);
    expect(await compared(`order_id,invoice_number\nA-1,${NUMBER}\nA-2,${ROUND}\n`)).toEqual(SAME);
  });

  it('amounts: a column is in 分 or in 元, and nothing is guessed', async () => {
    expect(await compared('order_id,fee\nA-1,"123,450"\nA-2,10600\n')).toEqual(SAME);
    expect((await compared('order_id,金额（元）\nA-1,1234.5\nA-2,10600\n')).told).toEqual(['amount A-2']);
    const wrong = ['1234.50', '￥1234', '"12,34"', 'ten', '1e'];
    expect(await faults(`order_id,fee\n${wrong.map((cell, n) => `x${n},${cell}`).join('\n')}\n`)).toEqual(
      wrong.map((_, n) => `/${n + 2}/fee FIELD-TYPE`),
    );
    expect(await faults('order_id,价税合计\na,1.005\nb,"1,2"\nc,-1\n')).toEqual([
      '/2/fee FIELD-TYPE',
      '/3/fee FIELD-TYPE',
      expect.stringMatching(/^\/4\/fee /) as string,
    ]);
    expect(await faults('order_id,fee,金额\n')).toEqual(['/1 CSV-COLUMN']);
  });
});
