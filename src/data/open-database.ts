import { DataSource } from 'typeorm';
import { connect } from './data-source';
import { startEmbeddedPostgres } from './embedded-postgres';
import { inTime } from './in-time';
import { migrate } from './migrate';

export interface DatabaseSettings {
  DATABASE_URL: string | null;
  DATABASE_DIRECT_URL?: string | null;
  DATA_DIR: string;
  MIGRATE_ON_START: boolean;
}

export interface Database {
  dataSource: DataSource;
  url: string;
  /** For LISTEN: a connection that no pooler takes away. Null: polling serves. */
  directUrl: string | null;
  close(): Promise<void>;
}

/** A pool ends when each connection was given back, which one that broke at the wrong moment may never be. */
const CLOSE_MS = 10_000;

/** The database named by DATABASE_URL; without one, our own. Migrated before anybody uses it. */
export async function openDatabase(settings: DatabaseSettings, log: (line: string) => void): Promise<Database> {
  const own = settings.DATABASE_URL ? null : await startEmbeddedPostgres({ dataDir: settings.DATA_DIR, log });
  const url = settings.DATABASE_URL ?? (own?.url as string);
  try {
    if (settings.MIGRATE_ON_START) await migrate(url);
    const dataSource = await connect(url);
    return {
      dataSource,
      url,
      directUrl: settings.DATABASE_DIRECT_URL ?? own?.url ?? null,
      close: async () => {
        if (!(await inTime(dataSource.destroy(), CLOSE_MS)))
          log('database connections that nobody gave back are left to end with the process');
        await own?.stop();
      },
    };
  } catch (error) {
    await own?.stop();
    throw error;
  }
}
