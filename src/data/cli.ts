import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../config';
import { openDatabase } from './open-database';
import { drift } from './migrate';

/** `npm run db:migrate | db:reset | db:check`. */
async function main(command: string | undefined, flags: string[]): Promise<void> {
  switch (command) {
    case 'migrate':
      return migrateOnly();
    case 'reset':
      return reset(flags.includes('--yes'));
    case 'check':
      return check();
    default:
      throw new Error('say one of: migrate, reset, check');
  }
}

async function migrateOnly(): Promise<void> {
  const database = await openDatabase({ ...loadConfig(process.env), MIGRATE_ON_START: true }, console.error);
  console.log('The database is up to date.');
  await database.close();
}

/** Drops everything. A database that is not our own is dropped only with --yes. */
async function reset(sure: boolean): Promise<void> {
  const config = loadConfig(process.env);
  if (config.DATABASE_URL && !sure) throw new Error('DATABASE_URL is set: say `npm run db:reset -- --yes` to empty it');
  const database = await openDatabase({ ...config, MIGRATE_ON_START: false }, console.error);
  await database.dataSource.query('DROP SCHEMA IF EXISTS graphile_worker CASCADE');
  await database.dataSource.query('DROP SCHEMA public CASCADE');
  await database.dataSource.query('CREATE SCHEMA public');
  await database.close();
  await migrateOnly();
}

/** Migrates an empty database of its own and fails where the entities differ from what the migrations made. */
async function check(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'piaoka-check-'));
  // The account as which root runs PostgreSQL must enter; else the data would lie elsewhere and stay there.
  chmodSync(directory, 0o755);
  const database = await openDatabase(
    { DATABASE_URL: null, DATA_DIR: directory, MIGRATE_ON_START: true },
    () => undefined,
  );
  const differences = await drift(database.dataSource);
  await database.close();
  rmSync(directory, { recursive: true, force: true });
  if (differences.length > 0) throw new Error(`migrations and entities differ:\n${differences.join('\n')}`);
  console.log('Migrations and entities agree.');
}

main(process.argv[2], process.argv.slice(3)).catch((error: unknown) => {
  console.error((error as Error).message);
  process.exitCode = 1;
});
