import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedPostgres, startEmbeddedPostgres } from '../../src/data/embedded-postgres';

/** As durable as in production: what was committed must survive the crash. */
const SETTINGS = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  shared_buffers: '64MB',
};

/** A PostgreSQL that can be crashed and comes back at the same address. */
export class CrashingPostgres {
  private constructor(
    private readonly dataDir: string,
    private server: EmbeddedPostgres,
  ) {}

  static async start(home: string): Promise<CrashingPostgres> {
    const dataDir = join(home, 'database');
    mkdirSync(dataDir);
    // As root PostgreSQL runs as another user, who has to get in.
    chmodSync(dataDir, 0o755);
    return new CrashingPostgres(dataDir, await open(dataDir));
  }

  get url(): string {
    return this.server.url;
  }

  /** `pg_ctl stop -m immediate`: no checkpoint, no goodbye; the next start recovers from the log. */
  async crash(downMs: number): Promise<void> {
    const postmaster = Number(readFileSync(join(this.server.dataDir, 'postmaster.pid'), 'utf8').split('\n', 1)[0]);
    process.kill(postmaster, 'SIGQUIT');
    await sleep(downMs);
    const before = this.server;
    this.server = await open(this.dataDir);
    await before.stop();
    if (this.server.url !== before.url) throw new Error('PostgreSQL came back at another address');
  }

  stop(): Promise<void> {
    return this.server.stop();
  }
}

function open(dataDir: string): Promise<EmbeddedPostgres> {
  return startEmbeddedPostgres({ dataDir, log: () => undefined, settings: SETTINGS });
}
