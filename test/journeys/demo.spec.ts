import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

describe('npm run demo -- --once', () => {
  it('takes an order from a REST call to a card, and says so', () => {
    const directory = mkdtempSync(join(tmpdir(), 'piaoka-demo-'));
    // As root PostgreSQL runs as another user, who has to get in.
    chmodSync(directory, 0o755);
    const { DATABASE_URL: _, ...env } = process.env;
    const demo = spawnSync(process.execPath, [join(__dirname, '..', '..', 'src', 'demo', 'main.js'), '--once'], {
      encoding: 'utf8',
      timeout: 100_000,
      env: { ...env, DATA_DIR: directory },
    });
    expect(demo.stderr).toBe('');
    expect(demo.status).toBe(0);
    for (const step of ['accepted', 'uploaded', 'sending']) expect(demo.stdout).toContain(step);
    expect(demo.stdout).toMatch(/order \S+: inserted, card code \d{12}/);
    rmSync(directory, { recursive: true, force: true });
  }, 120_000);
});
