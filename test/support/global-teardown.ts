import { rmSync } from 'node:fs';
import { onServer, TEMPLATE } from './databases';

export default async function tearDown(): Promise<void> {
  await onServer(`DROP DATABASE IF EXISTS ${TEMPLATE} WITH (FORCE)`);
  await globalThis.testServer?.stop();
  if (process.env.TEST_DATA_DIR) rmSync(process.env.TEST_DATA_DIR, { recursive: true, force: true });
}
