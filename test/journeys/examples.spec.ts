import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tinyPdf } from '../support/orders';
import { Json, World } from '../support/world';

/**
 * test/examples is the manual: each order, and in out/ what WeChat is sent for it. `UPDATE_EXAMPLES=1 npm test` writes
 * out/ anew; read the difference before committing it.
 */
const EXAMPLES = join(process.cwd(), 'test', 'examples');
const names = readdirSync(EXAMPLES)
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.replace(/\.json$/, ''));

describe.each([
  ['current', 'insert'],
  ['classic', 'insert.classic'],
])('with BILLING_FIELDS=%s', (billingFields, suffix) => {
  let world: World;
  beforeAll(async () => {
    world = await World.start({ env: { BILLING_FIELDS: billingFields } });
  });
  afterAll(() => world.end());

  it.each(names)('%s is sent to WeChat as its example says', async (name) => {
    const order = read(join(EXAMPLES, `${name}.json`));
    const orderId = order.order_id as string;
    await world.authorize(orderId);
    await world.post('/v1/orders', { ...order, pdf: tinyPdf(orderId).toString('base64') }).expect(202);
    await world.until(orderId, ['inserted']);

    const [request, ...more] = await world.requests('/card/invoice/insert', orderId);
    expect(more).toEqual([]);
    const body = request?.body as Json;
    const data = body.card_ext.user_card.invoice_user_data as Json;
    expect(data.s_pdf_media_id).toMatch(/^\d{15,19}$/);
    expect(body.card_ext.nonce_str).toMatch(/^[0-9a-f]{32}$/);
    data.s_pdf_media_id = '<from setpdf>';
    body.card_ext.nonce_str = '<fresh for each attempt>';

    // The switch concerns invoices with a 发票代码 only: a 数电票 has one file for both settings.
    const file = order.invoice.code ? `${name}.${suffix}.json` : `${name}.insert.json`;
    const expected = join(EXAMPLES, 'out', file);
    if (process.env.UPDATE_EXAMPLES) writeFileSync(expected, `${JSON.stringify(body, null, 2)}\n`);
    expect(body).toEqual(read(expected));
    expect(Object.keys(data)).toEqual(Object.keys(read(expected).card_ext.user_card.invoice_user_data as Json));
  });
});

function read(file: string): Json {
  return JSON.parse(readFileSync(file, 'utf8')) as Json;
}
