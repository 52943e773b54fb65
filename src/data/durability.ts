import { DataSource } from 'typeorm';
import { Log } from '../log';

/** Settings under which a crash of the server forgets what it has acknowledged. */
const MUST_BE_ON = ['fsync', 'full_page_writes', 'synchronous_commit'];

/** Those that are off. */
export async function undurable(dataSource: DataSource): Promise<string[]> {
  const rows = await dataSource.query<{ name: string }[]>(
    `SELECT name FROM pg_settings WHERE name = ANY ($1) AND setting = 'off' ORDER BY name`,
    [MUST_BE_ON],
  );
  return rows.map(({ name }) => name);
}

/** Said at the start; it stops nothing. */
export async function tellDurability(dataSource: DataSource, log: Log): Promise<void> {
  const settings = await undurable(dataSource);
  if (settings.length === 0) return;
  log.warn({ settings }, 'PostgreSQL may lose orders that were acknowledged: these settings must be on');
}
