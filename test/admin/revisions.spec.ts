import { createHash } from 'node:crypto';
import request from 'supertest';
import { query } from '../support/databases';
import { knownOperator } from '../support/operators';
import { order, tinyPdf } from '../support/orders';
import { APPID, Json, World } from '../support/world';

const ADMIN = 'pk_admin_8f3a61c4d27b90e5a1f6037bc95e24d8';
const INSERT = '/card/invoice/insert';

describe('an order is begun anew with other content', () => {
  let world: World;
  let approver: string;
  beforeAll(async () => {
    world = await World.start({ env: { BOOTSTRAP_ADMIN_KEY: ADMIN, IN_DOUBT_QUIET_SECONDS: '1' } });
    await world.control('PUT', '/profile', { authorizations: 'implied' });
    approver = (await knownOperator(world, ADMIN, '审批员', 'approver')).key as string;
  });
  afterEach(() => world.control('DELETE', '/faults'));
  afterAll(() => world.end());

  const reinsert = (id: string, body: Json) => world.post(`/v1/admin/orders/${id}/reinsertions`, body, ADMIN);
  const detail = async (id: string) => (await world.get(`/v1/admin/orders/${id}`, ADMIN).expect(200)).body as Json;
  const live = (id: string) =>
    query<Json>(world.databaseUrl, 'SELECT invoice_number FROM live_invoices WHERE id = $1', [id]);

  /** An order whose inserts are answered so, one after another, until it comes to `state`. */
  async function orderThatEnds(state: string, ...faults: Json[]): Promise<{ id: string; given: Json }> {
    const given = order();
    const rules = faults.map((fault) => ({ path: INSERT, times: 1, order_id: given.order_id, ...fault }));
    await world.control('POST', '/faults', rules);
    await world.post('/v1/orders', given).expect(202);
    const { id } = await world.until(given.order_id, [state], 40_000);
    return { id, given };
  }
  const refused = () => orderThatEnds('refused', { mode: 'errcode', errcode: 72031 });

  it('what was wrong is mended: the card shows the new revision, and the story both', async () => {
    const { id, given } = await refused();
    expect((await detail(id)).allowed_acts).toEqual(['reinsertion', 'revision']);
    const pdf = tinyPdf('mended');
    const changes = { invoice: { title: '更正科技(上海)有限公司', remarks: '更正' }, pdf: pdf.toString('base64') };
    const { body } = await reinsert(id, { reason: '抬头有误', changes }).expect(201);
    expect(body).toMatchObject({ reason: '抬头有误', revision: 2 });

    const inserted = await world.until(given.order_id, ['inserted']);
    const [card, ...more] = await world.cards(given.order_id);
    expect(more).toEqual([]);
    expect(card).toMatchObject({
      title: '更正科技(上海)有限公司',
      pdf_sha256: createHash('sha256').update(pdf).digest('hex'),
    });
    expect(inserted).toMatchObject({ revision: 2, invoice: { title: '更正科技(上海)有限公司', remarks: '更正' } });
    const stored = await world.get(`/v1/orders/${given.order_id}/pdf`).expect(200);
    expect(Buffer.compare(stored.body as Buffer, pdf)).toBe(0);
    const begun = (await world.timeline(given.order_id)).find(({ data }) => data.outcome === 'reinserted');
    expect(begun?.data).toMatchObject({
      revision: 2,
      changed: expect.arrayContaining(['/invoice/title', '/invoice/remarks', '/pdf']) as string[],
    });
    expect(JSON.stringify(begun)).not.toContain('更正');

    const story = await detail(id);
    expect(story.revisions).toMatchObject([{ revision: 1, invoice: { title: given.invoice.title } }]);
    expect(story.reinsertions).toMatchObject([{ revision: 2 }]);
    const audited = await query<Json>(world.databaseUrl, 'SELECT data FROM audit WHERE object = $1', [id]);
    expect(audited).toMatchObject([{ data: { revision: 2 } }]);
  });

  it('the first request repeated is a repeat, the revised one is not: the first revision is what was posted', async () => {
    const { id, given } = await refused();
    const changes = { invoice: { title: '更正科技(上海)有限公司' } };
    await reinsert(id, { reason: 'x', changes }).expect(201);
    await world.until(given.order_id, ['inserted']);
    const { body } = await world.post('/v1/orders', given).expect(200).expect('idempotent-replayed', 'true');
    expect(body).toMatchObject({ state: 'inserted', revision: 2 });
    const revised = { ...given, invoice: { ...given.invoice, ...changes.invoice } };
    const conflict = await world.post('/v1/orders', revised).expect(409);
    expect(conflict.body.errors).toMatchObject([{ pointer: '/invoice/title' }]);
    expect(await world.cards(given.order_id)).toHaveLength(1);
  });

  it('an invoice in somebody’s wallet was another number: the old one becomes free, the new one is taken', async () => {
    const { id, given } = await orderThatEnds('needs_human', { mode: 'errcode', errcode: 72042 });
    expect(await live(id)).toEqual([{ invoice_number: given.invoice.number }]);
    const taken = order();
    await world.post('/v1/orders', taken).expect(202);
    const inUse = { reason: 'x', changes: { invoice: { number: taken.invoice.number as string } } };
    expect((await reinsert(id, inUse).expect(409)).body).toMatchObject({ code: 'invoice_taken' });
    expect(await detail(id)).toMatchObject({ state: 'needs_human', revisions: [] });
    expect(await live(id)).toEqual([{ invoice_number: given.invoice.number }]);

    const { number } = order().invoice as { number: string };
    await reinsert(id, { reason: '号码录错', changes: { invoice: { number } } }).expect(201);
    await world.until(given.order_id, ['inserted']);
    expect(await live(id)).toEqual([{ invoice_number: number }]);
    expect(await world.cards(given.order_id)).toMatchObject([{ billing_no: number }]);
    const other = { ...order(), invoice: given.invoice };
    await world.post('/v1/orders', other).expect(202);
    await world.until(other.order_id, ['inserted']);
  });

  it('an order number that is used up already: the card of it may be ours, so neither content nor invoice moves', async () => {
    const used = { mode: 'errcode', errcode: 72056, applied: false };
    const { id, given } = await orderThatEnds('needs_human', used, used);
    expect((await detail(id)).allowed_acts).toEqual(['reinsertion', 'confirm_inserted', 'abandon']);
    const changes = { invoice: { number: order().invoice.number as string } };
    expect((await reinsert(id, { reason: 'x', changes }).expect(409)).body).toMatchObject({
      code: 'order_content_kept',
    });
    await reinsert(id, { reason: '再问一次' }).expect(201);
    await world.until(given.order_id, ['needs_human']);
    const act = { kind: 'abandon', reason: '客户另行处理' };
    await world.post(`/v1/admin/orders/${id}/resolutions`, act, ADMIN).expect(201);
    await world.until(given.order_id, ['rejected']);
    const other = { ...order(), invoice: given.invoice };
    expect((await world.post('/v1/orders', other).expect(409)).body).toMatchObject({ code: 'invoice_taken' });
    expect(await world.cards(other.order_id)).toEqual([]);
  });

  it('only another attachment: it is the new one that is uploaded, also where the order was accepted a moment ago', async () => {
    const hold = { scope: 'account', appid: APPID, reason: '核对中' };
    const held = await world.post('/v1/admin/holds', hold, ADMIN).expect(201);
    const given = { ...order(), trip_pdf: tinyPdf('first trip').toString('base64') };
    await world.post('/v1/orders', given).expect(202);
    const { id } = await world.until(given.order_id, ['held']);
    // Its workers died over it: it goes to a person before anything is read or sent.
    await query(world.databaseUrl, 'UPDATE insertions SET crashes = 3 WHERE id = $1', [id]);
    await request(world.service.url)
      .delete(`/v1/admin/holds/${held.body.id as string}`)
      .set('authorization', `Bearer ${ADMIN}`)
      .expect(204);
    await world.until(given.order_id, ['needs_human']);
    const trip = tinyPdf('the second and last trip');
    await reinsert(id, { reason: 'x', changes: { trip_pdf: trip.toString('base64') } }).expect(201);
    await world.until(given.order_id, ['inserted']);
    const uploads = (await world.requests('/card/invoice/platform/setpdf')).map(
      ({ upload }) => (upload as Json).sha256 as string,
    );
    expect(uploads.at(-1)).toBe(createHash('sha256').update(trip).digest('hex'));
  });

  it('changes are judged like an order, by pointer, and a faulty one changes nothing', async () => {
    const { id, given } = await refused();
    const changes = {
      invoice: { fee: 1, number: '123', colour: 'red' },
      pdf: Buffer.from('no pdf').toString('base64'),
    };
    const shape = await reinsert(id, { reason: 'x', changes }).expect(422);
    expect(shape.body.errors).toMatchObject([{ pointer: '/changes/invoice/colour' }]);
    const { colour: _, ...invoice } = changes.invoice;
    const { body } = await reinsert(id, { reason: 'x', changes: { ...changes, invoice } }).expect(422);
    const pointers = (body.errors as Json[]).map(({ pointer }) => pointer as string);
    expect(pointers).toEqual(expect.arrayContaining(['/changes/invoice/number', '/changes/pdf']));
    expect(await world.order(given.order_id)).toMatchObject({ state: 'refused', invoice: { fee: given.invoice.fee } });
    await reinsert(id, { reason: 'x', changes: { pdf: 'not base64' } }).expect(422);
  });

  it('changes that change nothing make no revision', async () => {
    const { id, given } = await refused();
    const { title, items, issued_at } = given.invoice as Json;
    const same = { invoice: { title, items, issued_at }, pdf: given.pdf as string };
    expect((await reinsert(id, { reason: 'x', changes: same }).expect(201)).body).toMatchObject({ revision: null });
    expect((await world.until(given.order_id, ['inserted'])).revision).toBeUndefined();
  });

  it('as a form the PDF travels as it is, and the Idempotency-Key covers it', async () => {
    const { id, given } = await refused();
    const post = (pdf: Buffer, key: string) =>
      request(world.service.url)
        .post(`/v1/admin/orders/${id}/reinsertions`)
        .set('authorization', `Bearer ${ADMIN}`)
        .set('idempotency-key', key)
        .field('reinsertion', JSON.stringify({ reason: '新的 PDF' }))
        .attach('pdf', pdf, { filename: 'a.pdf', contentType: 'application/pdf' });
    const first = await post(tinyPdf('new'), `form-${id}`).expect(201);
    expect(first.body).toMatchObject({ revision: 2 });
    const again = await post(tinyPdf('new'), `form-${id}`).expect(201).expect('idempotent-replayed', 'true');
    expect(again.body).toEqual(first.body);
    expect((await post(tinyPdf('another'), `form-${id}`).expect(422)).body).toMatchObject({
      code: 'idempotency_key_reused',
    });
    await world.until(given.order_id, ['inserted']);
    await post(tinyPdf('late'), `late-${id}`).expect(409);
  });

  it('an order that was in doubt once keeps its content for ever, by the rules and by the database', async () => {
    const changes = { invoice: { title: '更正科技(上海)有限公司' } };
    const { id, given } = await orderThatEnds(
      'needs_human',
      { mode: 'drop_before' },
      { mode: 'errcode', errcode: 72031, applied: false },
    );
    expect((await reinsert(id, { reason: 'x', changes }).expect(409)).body).toMatchObject({ code: 'order_in_doubt' });
    const denial = { kind: 'confirm_not_inserted', reason: '用户确认没有' };
    await new Promise((resume) => setTimeout(resume, 1100));
    await world.control('POST', '/faults', { path: INSERT, mode: 'errcode', errcode: 72031, order_id: given.order_id });
    await world.post(`/v1/admin/orders/${id}/resolutions`, denial, ADMIN).expect(201);
    await world.post(`/v1/admin/orders/${id}/resolutions`, denial, approver).expect(201);
    await world.until(given.order_id, ['refused']);
    expect((await detail(id)).allowed_acts).toEqual(['reinsertion']);
    expect((await reinsert(id, { reason: 'x', changes }).expect(409)).body).toMatchObject({
      code: 'order_content_kept',
    });
    const bodies = (await world.requests(INSERT, given.order_id)).map(({ body }) => JSON.stringify(body));
    expect(bodies).toHaveLength(3);
    for (const body of bodies) expect(body).toContain(given.invoice.title);

    // By hand, past the program: an order changes by revisions only, each kept, and none follows a doubt.
    const update = (set: string, order: string) =>
      query(world.databaseUrl, `UPDATE orders SET ${set} WHERE id = $1`, [order]);
    const next = `revision = revision + 1, revised_at = now()`;
    const keep = (order: string) =>
      query(
        world.databaseUrl,
        `INSERT INTO order_revisions SELECT merchant_id, id, revision, card_id, invoice_number, invoice, person, pdf_sha256,
           trip_pdf_sha256, created_at, checked, created_at, now() FROM orders WHERE id = $1`,
        [order],
      );
    await keep(id);
    await expect(update(next, id)).rejects.toThrow(/keeps its content/);
    const sound = await refused();
    await expect(update(`invoice_number = '1'`, sound.id)).rejects.toThrow(/only by a new revision/);
    await expect(update(`${next}, order_id = 'x'`, sound.id)).rejects.toThrow(/only by a new revision/);
    await expect(update(next, sound.id)).rejects.toThrow(/is kept before/);
    await keep(sound.id);
    await update(next, sound.id);
  });
});
