import { getMetadataArgsStorage } from 'typeorm';
import { dataSourceFor } from '../../src/data/data-source';
import { filesBelow, read } from './repository';
import { tablesWritten, UNKNOWN } from './writers';

const TABLES = tablesOfEntities();

test('each table is written from exactly one room', () => {
  const rooms = roomsByTable(filesBelow('src', /\.ts$/), read);
  const shared = [...rooms].filter(([, writers]) => writers.size > 1).map(([table, w]) => `${table}: ${[...w].join()}`);
  expect(shared).toEqual([]);
  // Every write names a table of ours, and every table of ours has its writer.
  expect([...rooms.keys()].sort()).toEqual([...TABLES.values()].sort());
});

test('a second writer is found', () => {
  const files: Record<string, string> = {
    'src/merchants/a.ts': 'repository.query("UPDATE merchants SET name = $1")',
    'src/merchants/b.ts': 'repository.query("DELETE FROM merchants")',
    'src/audit/c.ts': 'manager.getRepository(Merchant).insert({})',
  };
  const rooms = roomsByTable(Object.keys(files), (file) => files[file] as string);
  expect([...(rooms.get('merchants') ?? [])]).toEqual(['merchants', 'audit']);
});

test.each([
  ['a comment', 'const a = 1; // INSERT INTO orders', []],
  ['a common table expression', 'const s = `WITH x AS (INSERT INTO orders (id) SELECT 1) SELECT`', ['orders']],
  ['an alias', 'const s = `UPDATE insertions AS i\n   SET state = 1`', ['insertions']],
  ['an upsert', '"INSERT INTO events VALUES (1) ON CONFLICT (id) DO UPDATE SET at = now()"', ['events']],
  ['a lock is no write', '"SELECT 1 FROM orders FOR UPDATE SKIP LOCKED"', []],
  ['a table that is filled in', 'const s = `INSERT INTO ${table} VALUES (1)`', [UNKNOWN]],
  ['a table that is added', 'const s = "DELETE FROM " + table', [UNKNOWN]],
  ['an update that is added', 'const s = "UPDATE " + table + " SET a = 1"', [UNKNOWN]],
  ['a filled-in update', 'const s = `UPDATE ${table} SET a = 1`', [UNKNOWN]],
  ['a repository', 'source.getRepository(Order).upsert({}, ["id"])', ['orders']],
  ['a repository by name', 'const orders = manager.getRepository(Order); await orders.update({}, {})', ['orders']],
  [
    'an injected repository',
    'class A { constructor(private o: Repository<Order>) {} b() { this.o.save({}) } }',
    ['orders'],
  ],
  ['a query builder', 'source.getRepository(Order).createQueryBuilder().insert().values({})', ['orders']],
  ['a query builder of the source', 'source.createQueryBuilder().insert().into(Order).values({})', ['orders']],
  ['a deleting query builder', 'source.createQueryBuilder().delete().from(Order)', ['orders']],
  ['a reading query builder', 'source.createQueryBuilder().select().from(Order, "o")', []],
  ['a manager with a class', 'manager.insert(Order, {})', ['orders']],
  ['a manager with an instance', 'manager.save(order)', [UNKNOWN]],
  ['reading', 'source.getRepository(Order).findOneByOrFail({})', []],
  ['a hash and a map', 'createHash("sha256").update(key); cache.delete(key)', []],
])('the scan sees: %s', (_name, text, expected) => {
  expect(tablesWritten(text, new Map([['Order', 'orders']]))).toEqual(expected);
});

function roomsByTable(files: string[], text: (file: string) => string): Map<string, Set<string>> {
  const rooms = new Map<string, Set<string>>();
  for (const file of files) {
    const room = /^src\/([^/]+)\//.exec(file)?.[1] ?? 'src';
    for (const table of tablesWritten(text(file), TABLES)) {
      rooms.set(table, (rooms.get(table) ?? new Set()).add(room));
    }
  }
  return rooms;
}

/** Entity class → table, as TypeORM has them. */
function tablesOfEntities(): Map<string, string> {
  const entities = dataSourceFor('postgres://nowhere/piaoka').options.entities as (new () => object)[];
  const tables = getMetadataArgsStorage().tables;
  return new Map(
    entities.map((entity) => [entity.name, tables.find(({ target }) => target === entity)?.name as string]),
  );
}
