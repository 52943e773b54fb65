import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anchorAudit } from '../../src/audit/anchors';
import { INSTALLATION } from '../../src/audit/audit';
import { connect } from '../../src/data/data-source';
import { makeLog } from '../../src/log';
import { piaoka } from '../cli/piaoka';
import { query } from '../support/databases';
import { program } from '../support/process';
import { environment, Json, MASTER_KEY, World } from '../support/world';

const ADMIN = 'pk_admin_8f3a61c4d27b90e5a1f6037bc95e24d8';
const HOLDS = 6;

describe('anchors that are kept outside the database', () => {
  let world: World;
  let folder: string;
  let file: string;
  beforeAll(async () => {
    world = await World.start({ env: { BOOTSTRAP_ADMIN_KEY: ADMIN } });
    folder = mkdtempSync(join(tmpdir(), 'piaoka-anchors-'));
    file = join(folder, 'service.log');
    const lines: string[] = ['{"msg":"Piaoka is ready"}', 'audit anchor, but no JSON {', ''];
    const dataSource = await connect(world.databaseUrl);
    for (let n = 1; n <= HOLDS; n += 1) {
      const hold = { scope: 'account', appid: `wx${n}`, reason: 'x' };
      await world.post('/v1/admin/holds', hold, ADMIN).expect(201);
      // As a container's log has it.
      const log = makeLog('info', { write: (line) => void lines.push(`service-1  | ${line.trimEnd()}`) });
      if (n % 2 === 0) await anchorAudit(dataSource, MASTER_KEY, log);
    }
    await dataSource.destroy();
    writeFileSync(file, lines.join('\r\n'));
  });
  afterAll(async () => {
    await world.end();
    rmSync(folder, { recursive: true });
  });

  const asSuperuser = (text: string) => query(world.databaseUrl, text, [], 'SET session_replication_role = replica');
  const verify = async (...args: string[]) => {
    const env = { PIAOKA_URL: world.service.url, PIAOKA_KEY: ADMIN };
    const { exit, stdout } = await piaoka(['audit', 'verify', '--json', ...args], env);
    const { intact, findings } = JSON.parse(stdout) as Json;
    return { exit, intact: intact as boolean, findings: (findings as Json[]).map(({ seq, kind }) => `${seq} ${kind}`) };
  };
  const verifyAlone = (...args: string[]) =>
    program('audit/main.js', args, environment(world.databaseUrl, world.sandbox.url));

  it('agree with a trail that nobody has touched', async () => {
    expect(await verify('--anchors', file)).toEqual({ exit: 0, intact: true, findings: [] });
    expect(await verifyAlone('--anchors', file)).toMatchObject({ exit: 0 });
  });

  it('name what a superuser has cut off together with its anchors, where the database alone knows nothing', async () => {
    await asSuperuser(`
      DELETE FROM audit WHERE chain = '${INSTALLATION}' AND seq > 3;
      DELETE FROM audit_anchors WHERE chain = '${INSTALLATION}' AND seq > 3;
      UPDATE audit_heads h SET seq = 3, sha256 = a.sha256 FROM audit a
       WHERE a.chain = h.chain AND a.seq = 3 AND h.chain = '${INSTALLATION}'`);
    expect(await verify()).toEqual({ exit: 0, intact: true, findings: [] });
    expect(await verify('--anchors', file)).toEqual({
      exit: 1,
      intact: false,
      findings: ['4 removed', '5 removed', '6 anchor_removed', '6 removed'],
    });
    const alone = await verifyAlone('--anchors', file);
    expect(alone).toMatchObject({ exit: 1 });
    expect(alone.stdout).toContain('installation #4: anchor_removed');
    expect(alone.stdout).toContain('installation #6: removed');
  });

  it('an anchor that somebody made up is told as forged, and a file without any is a mistake', async () => {
    const made = {
      msg: 'audit anchor',
      chain: INSTALLATION,
      seq: 9,
      sha256: '0'.repeat(64),
      signature: '1'.repeat(64),
    };
    const forged = join(folder, 'forged.log');
    writeFileSync(forged, JSON.stringify(made));
    expect(await verify('--anchors', forged)).toMatchObject({ exit: 1, findings: ['9 anchor_forged'] });
    const env = { PIAOKA_URL: world.service.url, PIAOKA_KEY: ADMIN };
    writeFileSync(join(folder, 'empty.log'), '{"msg":"Piaoka is ready"}\n');
    for (const wrong of ['empty.log', 'nothing.log', '.']) {
      expect([wrong, await piaoka(['audit', 'verify', '--anchors', join(folder, wrong)], env)]).toMatchObject([
        wrong,
        { exit: 2 },
      ]);
    }
  });
});
