import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedPostgres, startEmbeddedPostgres } from '../../src/data/embedded-postgres';
import { migrate } from '../../src/data/migrate';
import { databaseUrl, onServer, TEMPLATE } from './databases';

declare global {
  var testServer: EmbeddedPostgres | undefined;
}

/** One PostgreSQL for the whole run: DATABASE_URL where it is set, else an own one below /tmp. */
export default async function setUp(): Promise<void> {
  if (process.env.DATABASE_URL) {
    process.env.TEST_SERVER_URL = process.env.DATABASE_URL;
  } else {
    const dataDir = mkdtempSync(join(tmpdir(), 'piaoka-test-'));
    // As root PostgreSQL runs as another user, who has to get in.
    chmodSync(dataDir, 0o755);
    globalThis.testServer = await startEmbeddedPostgres({
      dataDir,
      log: () => undefined,
      // Nothing here has to outlive the run; the suites that pull the plug start a durable server of their own.
      settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' },
    });
    process.env.TEST_SERVER_URL = globalThis.testServer.url;
    process.env.TEST_DATA_DIR = dataDir;
  }
  await onServer(`DROP DATABASE IF EXISTS ${TEMPLATE} WITH (FORCE)`);
  await onServer(`CREATE DATABASE ${TEMPLATE}`);
  await migrate(databaseUrl(TEMPLATE));
}
