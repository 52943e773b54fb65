import { PDFDocument } from 'pdf-lib';
import { sizedPdf } from '../../src/accounts/sized-pdf';
import { query } from '../support/databases';
import { order } from '../support/orders';
import { APPID, Json, KEY, World } from '../support/world';

const ADMIN = 'pk_admin_8f3a61c4d27b90e5a1f6037bc95e24d8';
const path = `/v1/admin/accounts/${APPID}/probe`;

describe('probing an account', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start({ env: { BOOTSTRAP_ADMIN_KEY: ADMIN } });
  });
  afterAll(() => world.end());

  const probe = async (body: object) => {
    const answers = ((await world.post(path, { reason: '上线前', ...body }, ADMIN).expect(200)).body as Json).answers;
    return Object.fromEntries((answers as Json[]).map((answer) => [answer.question as string, answer]));
  };
  const inserted = async () => {
    const given = order();
    await world.authorize(given.order_id);
    await world.post('/v1/orders', given).expect(202);
    return world.until(given.order_id, ['inserted']);
  };

  it('asks how large an upload may be and how many calls a day there are', async () => {
    await world.control('PUT', '/profile', { max_pdf_bytes: 3 * 1024 * 1024 });
    const answers = await probe({ upload_mib: [1, 5] });
    expect(Object.keys(answers)).toEqual(['upload_1_mib', 'upload_5_mib', 'quota_setpdf', 'quota_insert']);
    expect(answers.upload_1_mib).toMatchObject({ errcode: 0, conclusion_en: 'A PDF of 1 MiB is taken.' });
    expect(answers.upload_5_mib?.errcode).not.toBe(0);
    expect(await query(world.databaseUrl, `SELECT reason FROM audit WHERE action = 'account.probed'`)).toEqual([
      { reason: '上线前' },
    ]);
    await world.control('PUT', '/profile', { max_pdf_bytes: 10 * 1024 * 1024 });
  });

  it('shows that a repeated insert is refused and makes no second card', async () => {
    const { id, order_id } = await inserted();
    const before = await world.timeline(order_id);
    const answers = await probe({ upload_mib: [], order: id, repeat_insert: true });
    expect(answers.auth_status).toMatchObject({ errcode: 0 });
    expect(answers.repeated_insert).toMatchObject({ errcode: 72056 });
    expect(answers.repeated_insert?.conclusion_en).toContain('safe');
    expect(answers.repeated_nonce).toMatchObject({ errcode: 72056 });
    expect(answers.repeated_nonce?.conclusion_en).toContain('not the nonce_str');
    const nonces = (await world.requests('/card/invoice/insert', order_id)).map(({ body }) => nonceOf(body as Json));
    expect([nonces.length, nonces[1] === nonces[2], nonces[0] === nonces[1]]).toEqual([3, true, false]);
    expect(await world.cards(order_id)).toHaveLength(1);
    expect(await world.timeline(order_id)).toEqual(before);
  });

  it('asks whether a template made a moment ago can be used, of an order that has its card', async () => {
    await world.control('PUT', '/profile', { fresh_template_seconds: 60 });
    const words = { payee: '探测', type: '数电发票', title: '探测', logo_url: 'https://mmbiz.qpic.cn/x' };
    const { card_id } = (await world.post('/v1/admin/templates', words, ADMIN).expect(201)).body as Json;
    const { id, order_id } = await inserted();
    const young = async () =>
      (await probe({ upload_mib: [], order: id, repeat_insert: true, young_template: card_id as string }))
        .young_template;
    expect(await young()).toMatchObject({
      errcode: 40078,
      conclusion_en: expect.stringContaining('too young') as string,
    });
    await world.control('POST', '/clock', { advance_seconds: 61 });
    expect(await young()).toMatchObject({
      errcode: 72056,
      conclusion_en: expect.stringContaining('not certain') as string,
    });
    expect(await world.cards(order_id)).toHaveLength(1);
    await world.control('PUT', '/profile', { fresh_template_seconds: 0 });
    const alone = { reason: 'x', order: id, young_template: card_id as string };
    const { body } = await world.post(path, alone, ADMIN).expect(422);
    expect(((body as Json).errors as Json[])[0]).toMatchObject({ pointer: '/repeat_insert', code: 'FIELD-MISSING' });
  });

  it('knows cards at the address of ordinary ones where WeChat does', async () => {
    const { id } = await inserted();
    expect((await probe({ upload_mib: [], order: id })).card_code).toMatchObject({ errcode: 40056 });
    await world.control('PUT', '/profile', { card_code_get: 'finds' });
    const { card_code } = await probe({ upload_mib: [], order: id });
    expect(card_code).toMatchObject({
      errcode: 0,
      conclusion_en: expect.stringContaining('shows invoice cards') as string,
    });
  });

  it.each([45009, -1, 72040, 40007])('learns nothing about repetition from %i', async (errcode) => {
    const { id } = await inserted();
    await world.control('POST', '/faults', [{ path: '/card/invoice/insert', mode: 'errcode', errcode, times: 1 }]);
    const answers = await probe({ upload_mib: [], order: id, repeat_insert: true });
    expect(answers.repeated_insert).toMatchObject({ errcode });
    expect(answers.repeated_insert?.conclusion_en).toContain('nothing is learnt');
    await world.control('DELETE', '/faults');
  });

  it.each([72056, 72018, 72075, 72054])('takes %i for the refusal of a repetition', async (errcode) => {
    const { id } = await inserted();
    await world.control('POST', '/faults', [{ path: '/card/invoice/insert', mode: 'errcode', errcode, times: 2 }]);
    const answers = await probe({ upload_mib: [], order: id, repeat_insert: true });
    for (const question of ['repeated_insert', 'repeated_nonce']) expect(answers[question]).toMatchObject({ errcode });
    expect(answers.repeated_insert?.conclusion_en).toContain('safe');
    await world.control('DELETE', '/faults');
  });

  it('cries out where WeChat would make a second card', async () => {
    const { id } = await inserted();
    await world.control('PUT', '/profile', { dedupe: false });
    const answers = await probe({ upload_mib: [], order: id, repeat_insert: true });
    expect(answers.repeated_insert).toMatchObject({ errcode: 0 });
    expect(answers.repeated_insert?.conclusion_en).toContain('DANGER');
    await world.control('PUT', '/profile', { dedupe: true });
  });

  it('takes only an inserted order of this account, and a repeated insert only with one', async () => {
    const waiting = order();
    const { body } = await world.post('/v1/orders', waiting).expect(202);
    await world.post(path, { reason: 'x', order: (body as Json).id }, ADMIN).expect(409);
    await world.post(path, { reason: 'x', order: '00000000-0000-4000-8000-000000000000' }, ADMIN).expect(404);
    const lacking = await world.post(path, { reason: 'x', repeat_insert: true }, ADMIN).expect(422);
    expect(((lacking.body as Json).errors as Json[])[0]).toMatchObject({ pointer: '/order', code: 'FIELD-MISSING' });
    const large = await world.post(path, { reason: 'x', upload_mib: [11, 0] }, ADMIN).expect(422);
    expect(((large.body as Json).errors as Json[]).map(({ pointer, message }) => [pointer, message])).toEqual([
      ['/upload_mib/0', '最大 10。'],
      ['/upload_mib/1', '最小 1。'],
    ]);
    await world.post(path, { reason: 'x' }, KEY).expect(401);
    const seen = await world.requests('/card/invoice/platform/setpdf');
    await world.post(path, {}, ADMIN).expect(422);
    expect(await world.requests('/card/invoice/platform/setpdf')).toHaveLength(seen.length);
  });

  it.each([1, 2, 10])('the upload of %i MiB is a PDF of exactly that size', async (mib) => {
    const pdf = sizedPdf(mib * 1024 * 1024);
    expect(pdf).toHaveLength(mib * 1024 * 1024);
    expect((await PDFDocument.load(pdf)).getPageCount()).toBe(1);
  });
});

function nonceOf({ card_ext }: Json): string {
  return (card_ext as { nonce_str: string }).nonce_str;
}
