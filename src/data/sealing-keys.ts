import { PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { keyIn, nameOf, SEALED_PLACES, SealedPlace } from './sealed-places';
import { Sealer } from './sealed';
import { asEngine, inTransaction } from './statement';

const LOOK_EVERY_MS = 15_000;
/** A process that seals with a key tells so every 15 s; after this long a key is nobody's present one. */
const QUIET = `interval '5 minutes'`;
/** For one place where a key may be in use: what is asked for a refusal must not keep a start waiting for minutes. */
const LOOK_MS = 1000;

/** A key that is in use and not given, and where it is. */
export interface MissingKey {
  keyId: string;
  places: string[];
}

/**
 * Which keys are in use, in a small table: whoever seals with a key enters it first, and tells again and again that it still
 * does. So a process knows at its start whether it could read everything, and while it runs whether others seal with a key
 * that it lacks.
 */
export class SealingKeys {
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly dataSource: DataSource,
    private readonly sealer: Sealer,
    /** Hears of a change: the ids of the keys that are in use and not here. */
    private readonly onChange: (missing: string[]) => void,
  ) {}

  /** At the start: enters the present key, or says which keys are in use and not given. Nothing was sealed before. */
  async enter(): Promise<MissingKey[]> {
    for (;;) {
      const missing = await asEngine(this.dataSource, async (client) => {
        // Of two that start with two keys at the same moment the second sees the first.
        await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('sealing_keys', 0))`);
        const found = await lacking(client, this.sealer);
        if (found.length === 0) await tell(client, this.sealer.currentKeyId);
        return found;
      });
      const used = await Promise.all(missing.map((key) => this.whereUsed(key)));
      if (used.every((key) => key === null)) {
        if (missing.length === 0) return [];
        continue;
      }
      return used.filter((key) => key !== null);
    }
  }

  /** Tells that the present key is in use, and looks which others are. */
  async look(): Promise<void> {
    const ids = await asEngine(this.dataSource, async (client) => {
      await tell(client, this.sealer.currentKeyId);
      return (await lacking(client, this.sealer)).map(({ key_id }) => key_id);
    });
    const known = this.sealer.missing;
    this.sealer.missing = new Set(ids);
    if (ids.length !== known.size || ids.some((id) => !known.has(id))) this.onChange(ids);
  }

  start(): void {
    // While the database is away nothing is sealed; the next round looks again.
    this.timer = setInterval(() => void this.look().catch(() => undefined), LOOK_EVERY_MS).unref();
  }

  stop(): void {
    if (this.timer) clearInterval(this.timer);
  }

  /** Null: it was entered once, nobody seals with it and nothing is sealed with it; it is forgotten. */
  private async whereUsed({ key_id: keyId, quiet }: Entered): Promise<MissingKey | null> {
    const found = await Promise.all(SEALED_PLACES.map((place) => isUsedIn(this.dataSource, place, keyId)));
    const places = SEALED_PLACES.flatMap((place, index) =>
      found[index] === 'no' ? [] : [`${nameOf(place)}${found[index] === 'unknown' ? '?' : ''}`],
    );
    if (places.length > 0 || !quiet) return { keyId, places };
    await forgetKey(this.dataSource, keyId);
    return null;
  }
}

interface Entered {
  key_id: string;
  quiet: boolean;
}

async function lacking(client: PoolClient, sealer: Sealer): Promise<Entered[]> {
  const { rows } = await client.query<Entered>(
    `SELECT key_id, seen_at < now() - ${QUIET} AS quiet FROM sealing_keys ORDER BY key_id`,
  );
  return rows.filter(({ key_id }) => !sealer.hasKey(key_id));
}

async function tell(client: PoolClient, keyId: string): Promise<void> {
  await client.query(
    `INSERT INTO sealing_keys (key_id) VALUES ($1) ON CONFLICT (key_id) DO UPDATE SET seen_at = excluded.seen_at`,
    [keyId],
  );
}

/** Every key that was entered; live: a process that seals with it has told so lately. */
export async function enteredKeys(dataSource: DataSource): Promise<{ keyId: string; live: boolean }[]> {
  const rows = await dataSource.query<{ key_id: string; live: boolean }[]>(
    `SELECT key_id, seen_at >= now() - ${QUIET} AS live FROM sealing_keys ORDER BY first_seen_at, key_id`,
  );
  return rows.map(({ key_id: keyId, live }) => ({ keyId, live }));
}

/** False: it is not known, or a process that seals with it has told so lately. */
export async function forgetKey(dataSource: DataSource, keyId: string): Promise<boolean> {
  const gone = await asEngine(dataSource, (client) =>
    client.query(`DELETE FROM sealing_keys WHERE key_id = $1 AND seen_at < now() - ${QUIET}`, [keyId]),
  );
  return gone.rowCount === 1;
}

/** unknown: there was no time to look at all of it. */
async function isUsedIn(dataSource: DataSource, place: SealedPlace, keyId: string): Promise<'yes' | 'no' | 'unknown'> {
  const look = async (client: PoolClient) => {
    await client.query(`SET LOCAL statement_timeout = ${LOOK_MS}`);
    const { rows } = await client.query<{ used: boolean }>(
      `SELECT EXISTS (SELECT FROM ${place.table} WHERE ${keyIn(place)} = $1) AS used`,
      [keyId],
    );
    return rows[0]?.used ? 'yes' : 'no';
  };
  const reading = place.engine ? asEngine(dataSource, look) : inTransaction(dataSource, look);
  return reading.catch((error: unknown) => {
    if ((error as { code?: string }).code === '57014') return 'unknown';
    throw error;
  });
}
