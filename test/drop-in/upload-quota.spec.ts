import { query } from '../support/databases';
import { orderWithoutPdf, tinyPdf } from '../support/orders';
import { APPID, CARD_ID, Json, KEY, World } from '../support/world';

const KIB = 1024;
const QUOTA = 64;

describe('what a merchant uploads and never uses', () => {
  let world: World;
  let token: string;
  beforeAll(async () => {
    world = await World.start({ env: { UNUSED_UPLOADS: `${QUOTA}KiB` } });
    await world.control('PUT', '/profile', { authorizations: 'implied' });
    token = await login(KEY);
  });
  afterAll(() => world.end());

  async function login(secret: string): Promise<string> {
    const query = `grant_type=client_credential&appid=${APPID}&secret=${secret}`;
    return ((await (await fetch(`${world.service.url}/cgi-bin/token?${query}`)).json()) as Json).access_token as string;
  }
  async function post(path: string, body: FormData | string, accessToken = token): Promise<Json> {
    const url = `${world.service.url}/card/invoice/${path}?access_token=${accessToken}`;
    return (await (await fetch(url, { method: 'POST', body })).json()) as Json;
  }
  function setpdf(bytes: Buffer, accessToken = token): Promise<Json> {
    const form = new FormData();
    form.append('pdf', new Blob([new Uint8Array(bytes)], { type: 'application/pdf' }), 'a.pdf');
    return post('platform/setpdf', form, accessToken);
  }
  const sized = (bytes: number) => Buffer.alloc(bytes, '%PDF-1.4 ');
  const unused = async () =>
    (
      await query<{ n: number }>(
        world.databaseUrl,
        `SELECT coalesce(sum(bytes), 0)::integer AS n FROM drop_in_media WHERE used_at IS NULL`,
      )
    )[0]?.n;

  it('has an end, in WeChat’s words, and what is used makes room', async () => {
    const { order_id, invoice } = orderWithoutPdf();
    const pdf = tinyPdf(order_id);
    const { s_media_id } = await setpdf(pdf);
    expect(await setpdf(sized(QUOTA * KIB - pdf.length))).toMatchObject({ errcode: 0 });
    const refused = await setpdf(sized(1));
    expect(refused).toEqual({ errcode: 45009, errmsg: expect.stringContaining('wait for their insert') as string });
    expect(await unused()).toBe(QUOTA * KIB);

    const invoice_user_data = {
      fee: invoice.fee,
      title: invoice.title,
      billing_time: String(Math.floor(new Date(invoice.issued_at as string).getTime() / 1000)),
      billing_no: invoice.number,
      billing_code: '',
      check_code: '',
      info: invoice.items,
      fee_without_tax: invoice.fee_without_tax,
      tax: invoice.tax,
      s_pdf_media_id: s_media_id,
      buyer_number: invoice.buyer_number,
    };
    const card_ext = { nonce_str: 'n', user_card: { invoice_user_data } };
    const insert = () => post('insert', JSON.stringify({ order_id, card_id: CARD_ID, appid: APPID, card_ext }));
    const inserted = await insert();
    expect(inserted).toMatchObject({ errcode: 0 });
    expect(await unused()).toBe(QUOTA * KIB - pdf.length);
    // It is still there for who sends the insert again.
    expect(await insert()).toMatchObject({ code: inserted.code as string });
    expect(await setpdf(sized(pdf.length))).toMatchObject({ errcode: 0 });
    expect(await setpdf(sized(1))).toMatchObject({ errcode: 45009 });
  });

  it('counts for three days', async () => {
    await query(world.databaseUrl, `UPDATE drop_in_media SET uploaded_at = uploaded_at - interval '73 hours'`);
    expect(await setpdf(sized(QUOTA * KIB))).toMatchObject({ errcode: 0 });
    expect(await setpdf(sized(QUOTA * KIB + 1))).toMatchObject({ errcode: 45009 });
  });
});
