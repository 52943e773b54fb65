import { PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { keyIn, nameOf, SEALED_PLACES, SealedPlace } from './sealed-places';
import { LostValue } from '../domain/lost-value';
import { Sealer } from './sealed';
import { asEngine, inTransaction } from './statement';

/** Pages (8 KiB) of a table that one look covers: a few thousand rows, a moment's work. */
const PAGES = 128;
/** Values sealed anew in one statement, so that no row is locked for longer than a few milliseconds. */
const ROWS = 200;
/** So much is read and written at once: files are large. */
const BYTES = 4 * 1024 * 1024;
/** A value that another writer holds each time is looked for so often. */
const ROUNDS = 5;

/** How many values each key seals in each place; the key of what bears no seal is `none`. */
export type Census = Map<string, Map<string, number>>;

export interface Step {
  place: string;
  /** Pages of the table, and those of them that were looked at. */
  done: number;
  of: number;
  resealed: number;
}

export interface Resealed {
  resealed: number;
  /** Values that do not open although their key is given; they are left as they are. */
  damaged: Damaged[];
}

export interface Damaged {
  place: string;
  keyId: string;
  /** Table and row. */
  of: string;
}

/** Counts over whole tables, in steps. */
export async function census(dataSource: DataSource): Promise<Census> {
  const counted: Census = new Map();
  for (const place of SEALED_PLACES) {
    for await (const { where } of pagesOf(dataSource, place)) {
      const rows = await reading(dataSource, place, (client) =>
        client.query<{ key: string | null; count: number }>(
          `SELECT ${keyIn(place)} AS key, count(*)::integer AS count FROM ${place.table}
            WHERE ${where} AND ${place.column} IS NOT NULL GROUP BY 1`,
        ),
      );
      for (const { key, count } of rows.rows) add(counted, key ?? 'none', nameOf(place), count);
    }
  }
  return counted;
}

/**
 * Seals everything anew that another key than the present one seals. It may be stopped at any point and begun again: what
 * is done is passed over. It may run beside the service: a value is replaced only where it is still the one that was
 * opened, and a row that somebody else is writing is not waited for but looked for again.
 */
export async function reseal(dataSource: DataSource, sealer: Sealer, tell: (step: Step) => void): Promise<Resealed> {
  let resealed = 0;
  const damaged = new Map<string, Damaged>();
  for (const place of SEALED_PLACES) {
    for (let round = 0, missed = 1; round < ROUNDS && missed > 0; round += 1) {
      missed = 0;
      for await (const { where, done, of } of pagesOf(dataSource, place)) {
        const step = await resealPages(dataSource, sealer, place, where, damaged);
        resealed += step.resealed;
        missed += step.missed;
        tell({ place: nameOf(place), done, of, resealed });
      }
    }
  }
  return { resealed, damaged: [...damaged.values()] };
}

/** missed: changed or held by somebody else at that moment. */
async function resealPages(
  dataSource: DataSource,
  sealer: Sealer,
  place: SealedPlace,
  where: string,
  damaged: Map<string, Damaged>,
): Promise<{ resealed: number; missed: number }> {
  const { table, column, aad, file } = place;
  const isOther = file ? 'IS DISTINCT FROM' : '<>';
  const others = `${where} AND ${keyIn(place)} ${isOther} '${sealer.currentKeyId}'`;
  const { rows } = await reading(dataSource, place, (client) =>
    client.query<Place>(`SELECT ctid::text AS at, octet_length(${column}) AS bytes FROM ${table} WHERE ${others}`),
  );
  let [resealed, closed] = [0, 0];
  for (const places of portions(rows)) {
    const batch = await reading(dataSource, place, (client) =>
      client.query<Value>(
        `SELECT ctid::text AS at, ${column} AS was, ${aad} AS aad, ${file ? 'sealed' : 'true AS sealed'} FROM ${table}
          WHERE ctid = ANY ($1::tid[]) AND ${others}`,
        [places],
      ),
    );
    const anew = batch.rows.flatMap((value) => sealedAnew(sealer, place, value, damaged));
    closed += batch.rows.length - anew.length;
    resealed += await replace(dataSource, place, anew);
  }
  return { resealed, missed: rows.length - resealed - closed };
}

interface Place {
  at: string;
  bytes: number;
}

interface Value {
  at: string;
  was: Buffer;
  aad: string;
  sealed: boolean;
}

interface Anew extends Value {
  anew: Buffer;
}

function* portions(rows: Place[]): Generator<string[]> {
  let [portion, size] = [[] as string[], 0];
  for (const { at, bytes } of rows) {
    if (portion.length === ROWS || (portion.length > 0 && size + bytes > BYTES)) {
      yield portion;
      [portion, size] = [[], 0];
    }
    portion.push(at);
    size += bytes;
  }
  if (portion.length > 0) yield portion;
}

/** None: it does not open. One of a key that is not given is no damage. */
function sealedAnew(sealer: Sealer, place: SealedPlace, value: Value, damaged: Map<string, Damaged>): Anew[] {
  const { was, aad, sealed } = value;
  try {
    return [{ ...value, anew: sealer.seal(sealer.fileOf({ body: was, sealed }, aad), aad) }];
  } catch (error) {
    if (!(error instanceof LostValue)) throw error;
    const { keyId } = error;
    if (sealer.hasKey(keyId)) damaged.set(`${nameOf(place)} ${aad}`, { place: nameOf(place), keyId, of: aad });
    return [];
  }
}

async function replace(dataSource: DataSource, place: SealedPlace, values: Anew[]): Promise<number> {
  if (values.length === 0) return 0;
  const { table, column, file } = place;
  const given = [values.map(({ at }) => at), values.map(({ was }) => was), values.map(({ anew }) => anew)];
  const { rows } = await reading(dataSource, place, (client) =>
    file
      ? client.query<Done>('SELECT piaoka_reseal_files($1, $2::tid[], $3::bytea[], $4::bytea[]) AS done', [
          table,
          ...given,
        ])
      : client.query<Done>('SELECT piaoka_reseal($1, $2, $3::tid[], $4::bytea[], $5::bytea[]) AS done', [
          table,
          column,
          ...given,
        ]),
  );
  return rows[0]?.done ?? 0;
}

interface Done {
  done: number;
}

/** A table in pieces of pages, partition by partition, as it was when it was begun. */
async function* pagesOf(dataSource: DataSource, { table }: SealedPlace) {
  const parts = await dataSource.query<{ name: string; pages: number }[]>(
    `SELECT tree.relid::regclass::text AS name,
            (pg_relation_size(tree.relid) / current_setting('block_size')::integer)::integer AS pages
       FROM pg_partition_tree($1::regclass) tree WHERE tree.isleaf
     UNION ALL
     SELECT $1::regclass::text, (pg_relation_size($1::regclass) / current_setting('block_size')::integer)::integer
      WHERE NOT EXISTS (SELECT FROM pg_partition_tree($1::regclass))`,
    [table],
  );
  const of = parts.reduce((sum, { pages }) => sum + pages, 0);
  let before = 0;
  for (const { name, pages } of parts) {
    for (let from = 0; from < pages; from += PAGES) {
      const to = Math.min(from + PAGES, pages);
      const where = `tableoid = '${name}'::regclass AND ctid >= '(${from},0)' AND ctid < '(${to},0)'`;
      yield { where, done: before + to, of };
    }
    before += pages;
  }
}

function reading<T>(dataSource: DataSource, { engine }: SealedPlace, work: (client: PoolClient) => Promise<T>) {
  return engine ? asEngine(dataSource, work) : inTransaction(dataSource, work);
}

function add(census: Census, key: string, place: string, count: number): void {
  const places = census.get(key) ?? new Map<string, number>();
  places.set(place, (places.get(place) ?? 0) + count);
  census.set(key, places);
}
