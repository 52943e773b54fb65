import { createReadStream } from 'node:fs';
import { Config } from '../config';
import { openDatabase } from '../data/open-database';
import { asEngine } from '../data/statement';
import { INSTALLATION } from './audit';
import { readLoggedAnchors } from './logged-anchors';
import { verifyAudit } from './verify';

/** A line for each row that is not as it was written. `anchorsFile`: a log that holds anchors. The exit code: 0 intact, 1 not. */
export async function auditVerifyCommand(
  config: Config,
  print: (line: string) => void,
  anchorsFile?: string,
): Promise<number> {
  const logged = anchorsFile === undefined ? [] : await readLoggedAnchors(createReadStream(anchorsFile));
  if (anchorsFile !== undefined && logged.length === 0) throw new Error(`${anchorsFile} holds no audit anchor`);
  const database = await openDatabase({ ...config, MIGRATE_ON_START: false }, () => undefined);
  try {
    const keys = [config.MASTER_KEY, ...(config.MASTER_KEY_PREVIOUS ?? [])];
    const { chains, rows, findings, unverifiable } = await asEngine(database.dataSource, (client) =>
      verifyAudit(client, keys, logged),
    );
    for (const { chain, seq, kind, was } of findings) {
      const whose = chain === INSTALLATION ? 'installation' : `merchant ${chain}`;
      print(`${whose} #${seq}: ${kind}${was === undefined ? '' : ` (written as #${was})`}`);
    }
    if (unverifiable > 0) print(`${unverifiable} anchors were signed with a key that is not given: not checked`);
    print(`${rows} rows in ${chains} chains: ${findings.length === 0 ? 'intact' : `${findings.length} findings`}`);
    return findings.length === 0 ? 0 : 1;
  } finally {
    await database.close();
  }
}
