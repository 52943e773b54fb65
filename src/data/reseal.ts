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
  const others = `${where} AND ${keyIn(place)} <> '${sealer.currentKeyId}'`;
  const { rows } = await reading(dataSource, place, (client) =>
    client.query<{ at: string }>(`SELECT ctid::text AS at FROM ${place.table} WHERE ${others}`),
  );
  let [resealed, closed] = [0, 0];
  for (let from = 0; from < rows.length; from += ROWS) {
    const batch = await reading(dataSource, place, (client) =>
      client.query<Value>(
        `SELECT ctid::text AS at, ${place.column} AS was, ${place.aad} AS aad FROM ${place.table}
          WHERE ctid = ANY ($1::tid[]) AND ${others}`,
        [rows.slice(from, from + ROWS).map(({ at }) => at)],
      ),
    );
    const anew = batch.rows.flatMap((value) => sealedAnew(sealer, place, value, damaged));
    closed += batch.rows.length - anew.length;
    resealed += await replace(dataSource, place, anew);
  }
  return { resealed, missed: rows.length - resealed - closed };
}

interface Value {
  at: string;
  was: Buffer;
  aad: string;
}

interface Anew extends Value {
  anew: Buffer;
}

/** None: it does not open. One of a key that is not given is no damage. */
function sealedAnew(sealer: Sealer, place: SealedPlace, value: Value, damaged: Map<string, Damaged>): Anew[] {
  const { was, aad } = value;
  try {
    return [{ ...value, anew: sealer.seal(sealer.openBytes(was, aad), aad) }];
  } catch (error) {
    if (!(error instanceof LostValue)) throw error;
    const { keyId } = error;
    if (sealer.hasKey(keyId)) damaged.set(`${nameOf(place)} ${aad}`, { place: nameOf(place), keyId, of: aad });
    return [];
  }
}

async function replace(
  dataSource: DataSource,
  { table, column, engine }: SealedPlace,
  values: Anew[],
): Promise<number> {
  if (values.length === 0) return 0;
  const { rows } = await reading(dataSource, { engine }, (client) =>
    client.query<{ done: number }>('SELECT piaoka_reseal($1, $2, $3::tid[], $4::bytea[], $5::bytea[]) AS done', [
      table,
      column,
      values.map(({ at }) => at),
      values.map(({ was }) => was),
      values.map(({ anew }) => anew),
    ]),
  );
  return rows[0]?.done ?? 0;
}

/** A table in pieces of pages, as it was when it was begun. */
async function* pagesOf(dataSource: DataSource, { table }: SealedPlace) {
  const [size] = await dataSource.query<{ pages: number }[]>(
    `SELECT (pg_relation_size($1) / current_setting('block_size')::integer)::integer AS pages`,
    [table],
  );
  const of = size?.pages ?? 0;
  for (let from = 0; from < of; from += PAGES) {
    const done = Math.min(from + PAGES, of);
    yield { where: `ctid >= '(${from},0)' AND ctid < '(${done},0)'`, done, of };
  }
}

function reading<T>(
  dataSource: DataSource,
  { engine }: Pick<SealedPlace, 'engine'>,
  work: (client: PoolClient) => Promise<T>,
) {
  return engine ? asEngine(dataSource, work) : inTransaction(dataSource, work);
}

function add(census: Census, key: string, place: string, count: number): void {
  const places = census.get(key) ?? new Map<string, number>();
  places.set(place, (places.get(place) ?? 0) + count);
  census.set(key, places);
}
