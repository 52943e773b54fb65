import { createHash, randomUUID } from 'node:crypto';
import { connect } from '../../src/data/data-source';
import { census, reseal } from '../../src/data/reseal';
import { Sealer } from '../../src/data/sealed';
import { query } from '../support/databases';
import { orderWithRealPdf, tinyPdf } from '../support/orders';
import { APPID, Json, KEY, MASTER_KEY, World } from '../support/world';

const ADMIN = 'pk_admin_8f3a61c4d27b90e5a1f6037bc95e24d8';
const PERSON = {
  buyer_type: 'individual',
  title: '欧阳样例',
  buyer_address_and_phone: '示例路 88 号 13800001234',
  buyer_bank_account: '示例银行 6222020200112233445',
  remarks: '行程 浦东机场 至 样例小区',
};

describe('a dump without the master key', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start({ env: { BOOTSTRAP_ADMIN_KEY: ADMIN } });
    await world.control('PUT', '/profile', { authorizations: 'implied' });
  });
  afterAll(() => world.end());

  /** Every row of every table as PostgreSQL writes it: bytes in hexadecimal, json as text. */
  const dump = async (): Promise<string> => {
    const tables = await query<{ name: string }>(
      world.databaseUrl,
      `SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema')`,
    );
    const rows = await Promise.all(
      tables.map(({ name }) => query<{ row: string }>(world.databaseUrl, `SELECT t::text AS row FROM ${name} t`)),
    );
    return rows
      .flat()
      .map(({ row }) => row)
      .join('\n');
  };
  /** Which of them stands in the dump, as text or as the bytes of a text or file. */
  const found = (dumped: string, needles: Record<string, string | Buffer>) =>
    Object.entries(needles).flatMap(([name, needle]) => {
      const bytes = Buffer.from(needle as string);
      const as = [
        bytes.toString('hex'),
        ...(typeof needle === 'string' ? [needle, JSON.stringify(needle).slice(1, -1)] : []),
      ];
      return as.some((text) => dumped.includes(text)) ? [name] : [];
    });
  /** Pieces of a file, one from each place of it. */
  const pieces = (name: string, file: Buffer) =>
    Object.fromEntries([0, 0.3, 0.6, 0.9].map((at) => [`${name} at ${at}`, piece(file, Math.floor(file.length * at))]));
  const piece = (file: Buffer, from: number) => file.subarray(from, from + 48);
  const upload = async (pdf: Buffer): Promise<Json> => {
    const { url } = world.service;
    const login = await fetch(`${url}/cgi-bin/token?grant_type=client_credential&appid=${APPID}&secret=${KEY}`);
    const { access_token } = (await login.json()) as Json;
    const head = '--XyZ\r\nContent-Disposition: form-data; name="pdf"; filename="a.pdf"\r\n\r\n';
    const answer = await fetch(`${url}/card/invoice/platform/setpdf?access_token=${access_token}`, {
      method: 'POST',
      headers: { 'content-type': 'multipart/form-data; boundary=XyZ' },
      body: Buffer.concat([Buffer.from(head), pdf, Buffer.from('\r\n--XyZ--\r\n')]),
    });
    return (await answer.json()) as Json;
  };
  const pdfOf = (given: Json) => Buffer.from(given.pdf as string, 'base64');
  const stored = async (path: string, key = KEY) =>
    Buffer.from((await world.get(path, key).responseType('blob').expect(200)).body as Buffer);

  it('shows no person and no invoice’s file: neither of an order, nor of its revision, nor of an upload', async () => {
    const made = await orderWithRealPdf({ buyerType: 'individual' });
    const given: Json & { order_id: string } = { ...made, invoice: { ...(made.invoice as Json), ...PERSON } };
    const trip = tinyPdf(`trip of ${PERSON.title} ${randomUUID()}`);
    await world.post('/v1/orders', { ...given, trip_pdf: trip.toString('base64') }).expect(202);
    const { insertion, id } = await world.until(given.order_id, ['inserted']);

    // Another one is refused, and revised with another file.
    await world.control('POST', '/faults', [
      { path: '/card/invoice/insert', mode: 'errcode', errcode: 72031, applied: false, times: 1 },
    ]);
    const first = await orderWithRealPdf({ buyerType: 'individual' });
    const again: Json & { order_id: string } = { ...first, invoice: { ...(first.invoice as Json), ...PERSON } };
    await world.post('/v1/orders', again).expect(202);
    const refused = await world.until(again.order_id, ['refused', 'needs_human']);
    const another = tinyPdf(`revision of ${PERSON.title} ${randomUUID()}`);
    const changes = { pdf: another.toString('base64'), invoice: { remarks: '改为 样例机场' } };
    await world.post(`/v1/admin/orders/${refused.id}/reinsertions`, { reason: 'r', changes }, ADMIN).expect(201);
    await world.until(again.order_id, ['inserted']);

    // And a program of the drop-in uploads one.
    const uploaded = tinyPdf(`uploaded ${PERSON.title} ${randomUUID()}`);
    expect(await upload(uploaded)).toMatchObject({ errcode: 0 });

    const dumped = await dump();
    const needles = {
      ...PERSON,
      buyer_type: 'stands in no row',
      openid: insertion.openid as string,
      'remarks of the revision': '改为 样例机场',
      ...pieces('pdf', pdfOf(given)),
      ...pieces('pdf before the revision', pdfOf(again)),
      another,
      trip,
      uploaded,
    };
    expect(found(dumped, needles)).toEqual([]);
    // Control: what may be read is found, as text, as json and as bytes.
    const sha256 = createHash('sha256').update(pdfOf(given)).digest();
    const { seller_number } = given.invoice as Json;
    expect(found(dumped, { order: given.order_id, seller: seller_number as string, sha256 })).toHaveLength(3);

    // With the key each is what was given.
    expect(await stored(`/v1/orders/${given.order_id}/pdf`)).toEqual(pdfOf(given));
    expect(await stored(`/v1/orders/${given.order_id}/pdf?part=trip_pdf`)).toEqual(trip);
    expect(await stored(`/v1/admin/orders/${refused.id}/pdf?revision=1`, ADMIN)).toEqual(pdfOf(again));
    expect(await stored(`/v1/admin/orders/${id}/pdf`, ADMIN)).toEqual(pdfOf(given));
    expect(await stored(`/v1/orders/${again.order_id}/pdf`)).toEqual(another);
  });

  it('of an installation that stored files before they were sealed shows them until they are sealed anew', async () => {
    const given = await orderWithRealPdf();
    await world.post('/v1/orders', given).expect(202);
    const { id } = await world.until(given.order_id, ['inserted']);
    await query(world.databaseUrl, 'UPDATE pdfs SET body = $2, sealed = false WHERE id = $1', [id, pdfOf(given)]);
    const needles = pieces('pdf', pdfOf(given));
    expect(found(await dump(), needles)).toHaveLength(4);
    // It is read as it always was.
    expect(await stored(`/v1/orders/${given.order_id}/pdf`)).toEqual(pdfOf(given));
    const dataSource = await connect(world.databaseUrl, { poolSize: 2 });
    const sealer = new Sealer(MASTER_KEY);
    expect([...((await census(dataSource)).get('none') ?? [])]).toEqual([['pdfs.body', 1]]);
    expect(await reseal(dataSource, sealer, () => undefined)).toEqual({ resealed: 1, damaged: [] });
    expect(await stored(`/v1/orders/${given.order_id}/pdf`)).toEqual(pdfOf(given));
    expect(found(await dump(), needles)).toEqual([]);

    // A rotation takes files along.
    const NEXT = Buffer.alloc(32, 9).toString('base64');
    await reseal(dataSource, new Sealer(NEXT, [MASTER_KEY]), () => undefined);
    expect([...(await census(dataSource)).keys()]).toEqual([new Sealer(NEXT).currentKeyId]);
    const [file] = await query<{ body: Buffer; sealed: boolean }>(
      world.databaseUrl,
      'SELECT body, sealed FROM pdfs WHERE id = $1',
      [id],
    );
    expect(new Sealer(NEXT).fileOf(file!, `pdfs|${id}|pdf`)).toEqual(pdfOf(given));
    await reseal(dataSource, new Sealer(MASTER_KEY, [NEXT]), () => undefined);
    await dataSource.destroy();
  });

  it('a file that was altered or moved to another order is not shown as this one’s', async () => {
    const [one, other] = [await orderWithRealPdf(), await orderWithRealPdf()];
    const ids: string[] = [];
    for (const given of [one, other]) {
      await world.post('/v1/orders', given).expect(202);
      ids.push((await world.until(given.order_id, ['inserted'])).id);
    }
    await query(world.databaseUrl, 'UPDATE pdfs a SET body = b.body FROM pdfs b WHERE a.id = $1 AND b.id = $2', ids);
    expect((await world.get(`/v1/orders/${one.order_id}/pdf`).expect(409)).body).toMatchObject({
      code: 'sealed_value_lost',
    });
    expect(await stored(`/v1/orders/${other.order_id}/pdf`)).toEqual(pdfOf(other));
  });
});
