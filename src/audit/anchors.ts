import { DataSource } from 'typeorm';
import { asEngine } from '../data/statement';
import { Log } from '../log';
import { keyIdOf, signatureOf } from './chain';
import { ANCHOR_LINE } from './logged-anchors';

/** Signs the head of every chain that has grown since; the log line is to be kept where the database's owner has no hand. */
export async function anchorAudit(dataSource: DataSource, masterKey: string, log: Log): Promise<number> {
  const keyId = keyIdOf(masterKey);
  const anchored = await asEngine(dataSource, async (client) => {
    const { rows: heads } = await client.query<{ chain: string; seq: string; sha256: Buffer }>(
      `SELECT chain, seq, sha256 FROM audit_heads h
        WHERE NOT EXISTS (SELECT FROM audit_anchors a WHERE a.chain = h.chain AND a.seq = h.seq AND a.key_id = $1)`,
      [keyId],
    );
    const anchors = heads.map((head) => ({
      ...head,
      signature: signatureOf(masterKey, head.chain, Number(head.seq), head.sha256),
    }));
    for (const { chain, seq, sha256, signature } of anchors) {
      await client.query(
        `INSERT INTO audit_anchors (chain, seq, at, sha256, signature, key_id) VALUES ($1, $2, now(), $3, $4, $5)
         ON CONFLICT DO NOTHING`,
        [chain, seq, sha256, signature, keyId],
      );
    }
    return anchors;
  });
  for (const { chain, seq, sha256, signature } of anchored) {
    const [hash, signed] = [sha256.toString('hex'), signature.toString('hex')];
    log.info({ chain, seq, sha256: hash, signature: signed, key_id: keyId }, ANCHOR_LINE);
  }
  return anchored.length;
}
