import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { anchorAudit } from '../../src/audit/anchors';
import { audit } from '../../src/audit/audit';
import { verifyAudit } from '../../src/audit/verify';
import { connect } from '../../src/data/data-source';
import { asEngine } from '../../src/data/statement';
import { makeLog } from '../../src/log';
import { createDatabase } from '../support/databases';
import { MASTER_KEY } from '../support/world';
import { tamperedIn } from './tampering';

const LENGTH = 20;

describe('the check of the audit trail after years', () => {
  const chain = randomUUID();
  let url: string;
  let drop: () => Promise<void>;
  let dataSource: DataSource;
  beforeAll(async () => {
    ({ url, drop } = await createDatabase());
    dataSource = await connect(url);
    for (let n = 1; n <= LENGTH; n += 1) {
      const act = { merchantId: chain, actor: 'a', action: 'order.reinserted', object: 'o', reason: null };
      await asEngine(dataSource, (client) => audit(client, { ...act, data: { z: n } }));
    }
  });
  afterAll(async () => {
    await dataSource.destroy();
    await drop();
  });

  const verify = (keys: string[]) => asEngine(dataSource, (client) => verifyAudit(client, keys));
  const tampered = (act: (client: Client) => Promise<unknown>, keys: string[] = []) => tamperedIn(url, act, keys);

  it('an anchor outlives its key: it is forged only where a key at hand should have signed it', async () => {
    expect(await anchorAudit(dataSource, MASTER_KEY, makeLog('silent'))).toBe(1);
    const [second, third] = [2, 3].map((n) => Buffer.alloc(32, n).toString('base64')) as [string, string];
    expect(await anchorAudit(dataSource, second, makeLog('silent'))).toBe(1);
    expect(await anchorAudit(dataSource, third, makeLog('silent'))).toBe(1);
    expect(await verify([third, second])).toMatchObject({ findings: [], unverifiable: 1 });
    const fourth = Buffer.alloc(32, 4).toString('base64');
    expect(await verify([fourth])).toMatchObject({ findings: [], unverifiable: 3 });
    const younger = (client: Client) =>
      client.query(
        `INSERT INTO audit_anchors (chain, seq, at, sha256, signature, key_id) VALUES ($1, $2, now(), sha256('x'), 'x', 'nobody')`,
        [chain, LENGTH + 1],
      );
    expect(await tampered(younger, [third, second])).toEqual([{ chain, seq: LENGTH + 1, kind: 'anchor_forged' }]);
  });

  it('what cannot even be read as it was written is named, and nothing keeps the check from its end', async () => {
    for (const edit of [
      `at = 'infinity'`,
      `at = '-infinity'`,
      `data = jsonb_set(data, '{z}', '9.00000000000000000001')`,
    ]) {
      const edited = await tampered((client) =>
        client.query(`UPDATE audit SET ${edit} WHERE chain = $1 AND seq = 9`, [chain]),
      );
      expect([edit, edited]).toEqual([edit, [{ chain, seq: 9, kind: 'edited' }]]);
    }
    const faraway = await tampered((client) =>
      client.query('UPDATE audit_heads SET seq = 9000000000000000 WHERE chain = $1', [chain]),
    );
    expect(faraway.length).toBe(10_000);
    const all = await tampered((client) => client.query(`UPDATE audit SET actor = 'x' WHERE chain = $1`, [chain]));
    expect(all).toHaveLength(LENGTH);
  });
});
