import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { connect } from '../../src/data/data-source';
import { census, reseal } from '../../src/data/reseal';
import { Sealer } from '../../src/data/sealed';
import { SealingKeys } from '../../src/data/sealing-keys';
import { createDatabase, query } from '../support/databases';

const [OLD, NEW] = [1, 2].map((byte) => Buffer.alloc(32, byte).toString('base64')) as [string, string];
const [before, after] = [new Sealer(OLD), new Sealer(NEW, [OLD])];
const MERCHANT = '00000000-0000-7000-8000-000000000001';
const idOf = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;
/** Written by a program that nobody guards. */
const UNGUARDED = 'SET session_replication_role = replica';

describe('sealing anew beside those who write', () => {
  let url: string;
  let drop: () => Promise<void>;
  let dataSource: DataSource;
  beforeEach(async () => {
    ({ url, drop } = await createDatabase());
    dataSource = await connect(url, { poolSize: 4 });
  });
  afterEach(async () => {
    await dataSource.destroy();
    await drop();
  });

  const orders = async (count: number, sealer = before) => {
    const ids = Array.from({ length: count }, (_, n) => idOf(n));
    await query(
      url,
      `INSERT INTO orders (merchant_id, id, appid, order_id, card_id, invoice_number, invoice, person, content_sha256, pdf_sha256)
       SELECT $1, id, 'wx', id::text, 'card', id::text, '{}', person, sha256(''), sha256('')
         FROM unnest($2::uuid[], $3::bytea[]) AS given (id, person)`,
      [MERCHANT, ids, ids.map((id) => sealer.seal(`{"remarks":"${id}${'x'.repeat(500)}"}`, `orders|${id}`))],
    );
  };
  const personOf = async (n: number) =>
    (await query<{ person: Buffer }>(url, 'SELECT person FROM orders WHERE id = $1', [idOf(n)]))[0]?.person as Buffer;
  const counted = async () =>
    Object.fromEntries([...(await census(dataSource))].map(([key, places]) => [key, [...places]]));

  it('goes on where it was stopped, and everything opens with the new key alone', async () => {
    await orders(3000);
    let steps = 0;
    const stopped = reseal(dataSource, after, ({ place }) => {
      if (place === 'orders.person' && ++steps === 2) throw new Error('stopped');
    });
    await expect(stopped).rejects.toThrow('stopped');
    const halfway = await counted();
    expect(Object.keys(halfway).sort()).toEqual([before.currentKeyId, after.currentKeyId].sort());
    const { resealed, damaged } = await reseal(dataSource, after, () => undefined);
    const left = (halfway[before.currentKeyId] as [string, number][])[0]?.[1];
    expect([resealed, damaged]).toEqual([left, []]);
    expect(await counted()).toEqual({ [after.currentKeyId]: [['orders.person', 3000]] });
    const rows = await query<{ id: string; person: Buffer }>(url, 'SELECT id, person FROM orders');
    const alone = new Sealer(NEW);
    for (const { id, person } of rows) expect(alone.open(person, `orders|${id}`)).toContain(id);
  });

  it('never overwrites what was written meanwhile, and waits for no lock', async () => {
    await orders(2);
    const [stale, held] = [await personOf(0), await personOf(1)];
    const written = before.seal('{"remarks":"of a revision"}', `orders|${idOf(0)}`);
    const places = await query<{ at: string }>(url, 'SELECT ctid::text AS at FROM orders ORDER BY id');
    const replace = async (was: Buffer[], anew: Buffer[]) => {
      const given = [places.map(({ at }) => at), was, anew];
      const sql = `SELECT piaoka_reseal('orders', 'person', $1::tid[], $2::bytea[], $3::bytea[]) AS done`;
      return (await query<{ done: number }>(url, sql, given, 'SET ROLE piaoka_engine'))[0]?.done;
    };
    const anew = [stale, held].map((was, n) => after.seal(before.open(was, `orders|${idOf(n)}`), `orders|${idOf(n)}`));
    await query(url, 'UPDATE orders SET person = $2 WHERE id = $1', [idOf(0), written], UNGUARDED);
    const other = new Client({ connectionString: url });
    await other.connect();
    await other.query('BEGIN');
    await other.query('SELECT FROM orders WHERE id = $1 FOR UPDATE', [idOf(1)]);
    expect(await replace([stale, held], anew)).toBe(0);
    await other.query('ROLLBACK');
    await other.end();
    expect([await personOf(0), await personOf(1)]).toEqual([written, held]);
    // Control: the row that was only held is replaced once it is free.
    expect(await replace([stale, held], anew)).toBe(1);
    expect(await personOf(0)).toEqual(written);
    // What a whole run meets meanwhile it meets again.
    await reseal(dataSource, after, () => undefined);
    expect(new Sealer(NEW).open(await personOf(0), `orders|${idOf(0)}`)).toBe('{"remarks":"of a revision"}');
  });

  it('leaves a damaged value as it is and names it; one of a key that is not given is no damage', async () => {
    await orders(2);
    const rotten = Buffer.from(await personOf(0));
    rotten[40] = (rotten[40] as number) ^ 1;
    const foreign = new Sealer(Buffer.alloc(32, 3).toString('base64')).seal('{}', `orders|${idOf(1)}`);
    await query(url, 'UPDATE orders SET person = $2 WHERE id = $1', [idOf(0), rotten], UNGUARDED);
    await query(url, 'UPDATE orders SET person = $2 WHERE id = $1', [idOf(1), foreign], UNGUARDED);
    expect(await reseal(dataSource, after, () => undefined)).toEqual({
      resealed: 0,
      damaged: [{ place: 'orders.person', keyId: before.currentKeyId, of: `orders|${idOf(0)}` }],
    });
    expect([await personOf(0), await personOf(1)]).toEqual([rotten, foreign]);
  });

  it('what is written once may change its seal, and nothing else', async () => {
    await orders(1);
    const sealed = await personOf(0);
    await query(
      url,
      `INSERT INTO order_revisions (merchant_id, id, revision, card_id, invoice_number, invoice, person, pdf_sha256, files_at, since, until)
       SELECT merchant_id, id, 1, card_id, invoice_number, invoice, person, pdf_sha256, now(), now(), now() FROM orders;`,
    );
    await query(url, `INSERT INTO evidence (merchant_id, id, kind, person) VALUES ($1, $2, 'event', $3)`, [
      MERCHANT,
      idOf(0),
      before.seal('{"openid":"o"}', `insertions|${idOf(0)}`),
    ]);
    const anew = after.seal(before.open(sealed, `orders|${idOf(0)}`), `orders|${idOf(0)}`);
    const same = before.seal(before.open(sealed, `orders|${idOf(0)}`), `orders|${idOf(0)}`);
    const shorter = after.seal('{}', `orders|${idOf(0)}`);
    for (const [table, more] of [
      ['orders', `card_id = 'other'`],
      ['order_revisions', `card_id = 'other'`],
      ['evidence', `card_code = 'other'`],
    ] as const) {
      for (const person of [same, shorter, null]) {
        await expect(query(url, `UPDATE ${table} SET person = $1`, [person])).rejects.toThrow(
          /written once|new revision/,
        );
      }
      await expect(query(url, `UPDATE ${table} SET person = $1, ${more}`, [anew])).rejects.toThrow(
        /written once|two steps/,
      );
      await expect(query(url, `UPDATE ${table} SET ${more}`)).rejects.toThrow(/written once|new revision/);
    }
    const { resealed } = await reseal(dataSource, after, () => undefined);
    expect(resealed).toBe(3);
    expect(Object.keys(await counted())).toEqual([after.currentKeyId]);
  });

  it('a key is entered before its first use, and forgotten where nothing is left and nobody seals with it', async () => {
    const enter = (sealer: Sealer) => new SealingKeys(dataSource, sealer, () => undefined).enter();
    expect(await enter(before)).toEqual([]);
    // Of two that begin at the same moment with two keys one is refused.
    const first = await Promise.all([
      enter(new Sealer(NEW)),
      enter(new Sealer(Buffer.alloc(32, 4).toString('base64'))),
    ]);
    expect(first.map((missing) => missing[0]?.keyId)).toEqual([before.currentKeyId, before.currentKeyId]);
    await orders(1);
    await query(url, `UPDATE sealing_keys SET seen_at = now() - interval '1 hour'`);
    expect(await enter(new Sealer(NEW))).toEqual([{ keyId: before.currentKeyId, places: ['orders.person'] }]);
    expect(await enter(after)).toEqual([]);
    await reseal(dataSource, after, () => undefined);
    expect(await enter(new Sealer(NEW))).toEqual([]);
    expect(await query(url, 'SELECT key_id FROM sealing_keys')).toEqual([{ key_id: after.currentKeyId }]);
  });
});
