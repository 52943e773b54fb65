import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { anchorAudit } from '../../src/audit/anchors';
import { audit, INSTALLATION } from '../../src/audit/audit';
import { Entry, hashOf } from '../../src/audit/chain';
import { verifyAudit } from '../../src/audit/verify';
import { connect } from '../../src/data/data-source';
import { asEngine } from '../../src/data/statement';
import { makeLog } from '../../src/log';
import { createDatabase, query } from '../support/databases';
import { MASTER_KEY } from '../support/world';
import { tamperedIn } from './tampering';

const APPENDS = process.env.LONG ? 10_000 : 500;
const CHAINS = [INSTALLATION, randomUUID(), randomUUID()];
const LENGTH = 60;
const TAMPERINGS = 100;

describe('the audit trail', () => {
  let url: string;
  let drop: () => Promise<void>;
  let dataSource: DataSource;
  beforeAll(async () => {
    ({ url, drop } = await createDatabase());
    dataSource = await connect(url);
    for (const chain of CHAINS) for (let n = 1; n <= LENGTH; n += 1) await append(chain, n);
  }, 60_000);
  afterAll(async () => {
    await dataSource.destroy();
    await drop();
  });

  const append = (chain: string, n: number) =>
    asEngine(dataSource, (client) =>
      audit(client, {
        merchantId: chain === INSTALLATION ? null : chain,
        actor: `key ${n % 3}`,
        action: 'order.reinserted',
        object: randomUUID(),
        reason: n % 2 ? '客户要求' : null,
        data: { z: n, a: { deep: [n, null, 'x'], none: undefined } },
      }),
    );
  const verify = (keys = [MASTER_KEY]) => asEngine(dataSource, (client) => verifyAudit(client, keys));

  const tampered = (act: (client: Client) => Promise<unknown>, keys: string[] = []) => tamperedIn(url, act, keys);

  it(`${TAMPERINGS} random edits, removals and swaps by a superuser: each is found at its very row, and nothing else`, async () => {
    let seed = 20261125;
    const random = (below: number) => (seed = (seed * 1103515245 + 12345) % 2 ** 31) % below;
    const EDITS = [
      `actor = actor || '.'`,
      `action = 'order.cancelled'`,
      `object = 'x'`,
      `reason = coalesce(reason, '') || '?'`,
      `data = data || '{"z": -1}'`,
      `data = data #- '{a,deep,0}'`,
      `at = at + interval '1 microsecond'`,
      `at = at - interval '1 day'`,
      `sha256 = sha256(sha256)`,
      `previous_sha256 = sha256(previous_sha256)`,
    ];
    const kinds = new Set<string>();
    for (let n = 0; n < TAMPERINGS; n += 1) {
      const chain = CHAINS[n % CHAINS.length] as string;
      const [a, b] = [1 + random(LENGTH), 1 + random(LENGTH)];
      const way = a === b || n % 3 === 0 ? 'edit' : n % 3 === 1 ? 'remove' : 'swap';
      const edit = EDITS[random(EDITS.length)] as string;
      const findings = await tampered(async (client) => {
        if (way === 'edit') await client.query(`UPDATE audit SET ${edit} WHERE chain = $1 AND seq = $2`, [chain, a]);
        if (way === 'remove') await client.query('DELETE FROM audit WHERE chain = $1 AND seq = $2', [chain, a]);
        if (way !== 'swap') return;
        for (const [from, to] of [
          [a, -1],
          [b, a],
          [-1, b],
        ]) {
          await client.query('UPDATE audit SET seq = $3 WHERE chain = $1 AND seq = $2', [chain, from, to]);
        }
      });
      const found = {
        edit: [{ chain, seq: a, kind: 'edited' }],
        remove: [{ chain, seq: a, kind: 'removed' }],
        swap: [
          { chain, seq: a, kind: 'reordered', was: b },
          { chain, seq: b, kind: 'reordered', was: a },
        ],
      }[way];
      expect([n, way, edit, findings]).toEqual([n, way, edit, found.sort((x, y) => x.seq - y.seq)]);
      kinds.add(way);
    }
    expect(kinds.size).toBe(3);
    expect(await tampered(() => Promise.resolve())).toEqual([]);
  }, 60_000);

  it('a row that was written anew with a hash that fits it is found, and a removed end', async () => {
    const chain = CHAINS[1] as string;
    const rewritten = await tampered((client) => rewrite(client, chain, 30, 30));
    expect(rewritten).toEqual([{ chain, seq: 30, kind: 'edited' }]);
    // The row after it is made to vouch for it: then its own hash, which covers what it vouches for, fits no more.
    const covered = await tampered(async (client) => {
      await rewrite(client, chain, 30, 30);
      await client.query(
        `UPDATE audit SET previous_sha256 = (SELECT sha256 FROM audit WHERE chain = $1 AND seq = 30)
          WHERE chain = $1 AND seq = 31`,
        [chain],
      );
    });
    expect(covered).toContainEqual({ chain, seq: 31, kind: 'edited' });
    const cut = await tampered((client) =>
      client.query('DELETE FROM audit WHERE chain = $1 AND seq > $2', [chain, LENGTH - 3]),
    );
    expect(cut).toEqual([LENGTH - 2, LENGTH - 1, LENGTH].map((seq) => ({ chain, seq, kind: 'removed' })));
    expect(await tampered((client) => client.query('DELETE FROM audit WHERE chain = $1', [chain]))).toHaveLength(
      LENGTH,
    );
    expect(await tampered((client) => client.query('DELETE FROM audit_heads WHERE chain = $1', [chain]))).toMatchObject(
      [{ chain, seq: LENGTH, kind: 'head_missing' }],
    );
  });

  it('a whole chain that was written anew, head and all, betrays itself by its anchor', async () => {
    const chain = CHAINS[2] as string;
    const everything = async (client: Client) => {
      await rewrite(client, chain, 10, LENGTH);
      await client.query(
        `UPDATE audit_heads h SET sha256 = a.sha256 FROM audit a WHERE a.chain = h.chain AND a.seq = h.seq AND h.chain = $1`,
        [chain],
      );
    };
    const turnedBack = async (client: Client) => {
      await client.query('DELETE FROM audit WHERE chain = $1 AND seq = $2', [chain, LENGTH]);
      await client.query(
        `UPDATE audit_heads h SET seq = a.seq, sha256 = a.sha256 FROM audit a WHERE a.chain = h.chain AND a.seq = $2 AND h.chain = $1`,
        [chain, LENGTH - 1],
      );
    };
    // Without an anchor the database alone cannot tell: that is what anchors are for.
    expect([await tampered(everything), await tampered(turnedBack)]).toEqual([[], []]);
    expect(await anchorAudit(dataSource, MASTER_KEY, makeLog('silent'))).toBe(CHAINS.length);
    expect(await anchorAudit(dataSource, MASTER_KEY, makeLog('silent'))).toBe(0);
    expect(await tampered(everything, [MASTER_KEY])).toEqual([{ chain, seq: LENGTH, kind: 'edited' }]);
    expect(await tampered(turnedBack, [MASTER_KEY])).toEqual([{ chain, seq: LENGTH, kind: 'removed' }]);
    const forged = (client: Client) =>
      client.query(`UPDATE audit_anchors SET sha256 = sha256(sha256) WHERE chain = $1`, [chain]);
    expect(await tampered(forged, [MASTER_KEY])).toEqual([{ chain, seq: LENGTH, kind: 'anchor_forged' }]);
    expect(await verify()).toMatchObject({ findings: [] });
  });

  it(`no false alarm: ${APPENDS} concurrent appends, checked all the while`, async () => {
    const before = (await verify()).rows;
    let done = false;
    const checks = (async () => {
      let count = 0;
      for (; !done; count += 1) expect((await verify()).findings).toEqual([]);
      return count;
    })();
    for (let n = 0; n < APPENDS; n += 50) {
      const batch = Array.from({ length: 50 }, (_, i) => append(CHAINS[(n + i) % CHAINS.length] as string, n + i));
      // Some acts fail after their audit row: it must be gone with them.
      const failing = asEngine(dataSource, async (client) => {
        await audit(client, { merchantId: null, actor: 'x', action: 'y.z', object: 'o', reason: null, data: {} });
        throw new Error('changed my mind');
      });
      await Promise.all([...batch, expect(failing).rejects.toThrow('changed my mind')]);
    }
    done = true;
    expect(await checks).toBeGreaterThan(0);
    expect(await verify()).toMatchObject({ rows: before + APPENDS, chains: CHAINS.length, findings: [] });
  }, 600_000);

  it('nobody may change it: not the roles of the service, and not the owner, whom triggers stop', async () => {
    for (const [role, may] of [
      ['piaoka_api', []],
      ['piaoka_engine', ['SELECT', 'INSERT']],
    ] as const) {
      for (const table of ['audit', 'audit_anchors']) {
        const rights = await query<{ right: string }>(
          url,
          `SELECT r AS right FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) r WHERE has_table_privilege($1, $2, r)`,
          [role, table],
        );
        expect([role, table, rights.map(({ right }) => right)]).toEqual([role, table, [...may]]);
      }
    }
    for (const table of ['audit', 'audit_anchors', 'audit_heads']) {
      for (const statement of [`DELETE FROM ${table}`, `TRUNCATE ${table}`]) {
        await expect(query(url, statement)).rejects.toThrow(/written once|one step/);
      }
    }
    await expect(query(url, `UPDATE audit SET actor = 'nobody'`)).rejects.toThrow(/written once/);
    await expect(query(url, 'UPDATE audit_heads SET seq = seq - 1')).rejects.toThrow(/one step/);
  });

  it('the command says so and leaves with 0; with 1 and the row where something is wrong', async () => {
    const run = () =>
      new Promise<{ code: number; said: string }>((resolve) =>
        execFile(
          process.execPath,
          [join(__dirname, '..', '..', 'src', 'audit', 'main.js')],
          { env: { DATABASE_URL: url, MASTER_KEY } },
          (error, said) => resolve({ code: Number(error?.code ?? 0), said }),
        ),
      );
    expect(await run()).toEqual({ code: 0, said: expect.stringMatching(/rows in 3 chains: intact\n$/) as string });
    await query(
      url,
      `UPDATE audit SET reason = 'none' WHERE chain = $1 AND seq = 7`,
      [CHAINS[1]],
      'SET session_replication_role = replica',
    );
    expect(await run()).toEqual({
      code: 1,
      said: expect.stringContaining(`merchant ${CHAINS[1]} #7: edited`) as string,
    });
  });
});

/** Rows `from` to `to` with another actor, each with the hash that fits what is there before it. */
async function rewrite(client: Client, chain: string, from: number, to: number): Promise<void> {
  for (let seq = from; seq <= to; seq += 1) {
    const { rows } = await client.query(
      `SELECT a.*, b.sha256 AS before FROM audit a JOIN audit b ON b.chain = a.chain AND b.seq = a.seq - 1 WHERE a.chain = $1 AND a.seq = $2`,
      [chain, seq],
    );
    const { at, before, ...row } = rows[0] as Omit<Entry, 'at'> & { at: Date; before: Buffer };
    const { action, object, reason, data } = row;
    const entry = { chain, seq, at: at.toISOString(), actor: 'somebody else', action, object, reason, data };
    await client.query(
      `UPDATE audit SET actor = 'somebody else', previous_sha256 = $3, sha256 = $4 WHERE chain = $1 AND seq = $2`,
      [chain, seq, before, hashOf(entry, before)],
    );
  }
}
