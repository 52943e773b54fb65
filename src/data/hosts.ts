import { Client, ClientConfig } from 'pg';
import { Host, Hosts, hostsOf } from '../database-hosts';

/** An answer is trusted for so long, that a pool which opens many connections at once asks once. */
const TRUSTED_MS = 1000;
const PATIENCE_MS = 2000;

/** Finds the server that takes writes, and finds another after a failover. */
export class Primary {
  private known: { index: number; at: number } | null = null;
  private asking: Promise<number> | null = null;

  constructor(private readonly hosts: Hosts) {}

  /** Rejects where none takes writes. */
  async find(): Promise<Host> {
    if (this.known && performance.now() - this.known.at < TRUSTED_MS) return this.at(this.known.index);
    this.asking ??= this.look().finally(() => (this.asking = null));
    return this.at(await this.asking);
  }

  private at(index: number): Host {
    return this.hosts.hosts[index] as Host;
  }

  /** The one that was it last, where it still is: then an old primary that wakes up alone draws nobody to itself. */
  private async look(): Promise<number> {
    const answers = this.hosts.urls.map((url) => takesWrites(url));
    const last = this.known?.index;
    const index = last !== undefined && (await answers[last]) === true ? last : await this.first(answers);
    this.known = { index, at: performance.now() };
    return index;
  }

  private async first(answers: Promise<boolean | Error>[]): Promise<number> {
    const said = await Promise.all(answers);
    const index = said.indexOf(true);
    if (index >= 0) return index;
    // A wrong password or a missing database is the same everywhere, and says more than "no connection".
    const told = said.find((one) => one instanceof Error && /^(28|3D)/.test((one as { code?: string }).code ?? ''));
    if (told instanceof Error) throw told;
    const reasons = said.map((one, n) => `${this.nameOf(n)}: ${one instanceof Error ? one.message : 'read-only'}`);
    throw Object.assign(new Error(`no connection to a server that takes writes (${reasons.join('; ')})`), {
      code: 'ECONNREFUSED',
    });
  }

  private nameOf(index: number): string {
    const { host, port } = this.at(index);
    return `${host}:${port}`;
  }
}

async function takesWrites(url: string): Promise<boolean | Error> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: PATIENCE_MS,
    query_timeout: PATIENCE_MS,
    application_name: 'piaoka-primary',
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ writes: boolean }>(
      `SELECT NOT (pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean) AS writes`,
    );
    return rows[0]?.writes === true;
  } catch (error) {
    return error as Error;
  } finally {
    void client.end().catch(() => undefined);
  }
}

/** A connection that goes to whichever server takes writes when it is opened; node-postgres itself knows one server. */
export function clientOf(url: string): typeof Client {
  const hosts = hostsOf(url);
  if (!hosts) return Client;
  const primary = new Primary(hosts);
  const [connectionString] = hosts.urls;
  return class extends Client {
    constructor(config?: ClientConfig) {
      super({ ...config, connectionString });
    }

    override connect(): Promise<Client>;
    override connect(callback: (error: Error) => void): void;
    override connect(callback?: (error: Error) => void): Promise<Client> | void {
      const connected = primary.find().then(({ host, port }) => {
        Object.assign(this, { host, port });
        return super.connect();
      });
      if (!callback) return connected;
      connected.then(() => callback(null as unknown as Error), callback);
    }
  };
}
