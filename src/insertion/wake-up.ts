import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { clientOf } from '../data/hosts';
import { Log } from '../log';

const CHANNEL = 'piaoka_due';
const RECONNECT_MS = 5000;

/**
 * Tells the workers of other processes that something is due. After the commit, never inside it: a NOTIFY in a
 * transaction holds a database-wide lock through the commit. Coalesced: while one is on its way, any number become one.
 */
export class WakeUpCalls {
  private sending = false;
  private again = false;

  constructor(private readonly dataSource: DataSource) {}

  call(): void {
    if (this.sending) {
      this.again = true;
      return;
    }
    this.sending = true;
    // A lost call does no harm: the workers poll.
    void this.dataSource
      .query(`NOTIFY ${CHANNEL}`)
      .catch(() => undefined)
      .finally(() => {
        this.sending = false;
        if (!this.again) return;
        this.again = false;
        this.call();
      });
  }
}

/** Hears the calls on a connection of its own, which must not go through a pooler in transaction mode. */
export class WakeUpListener {
  private client: Client | null = null;
  private timer: NodeJS.Timeout | null = null;
  private stopped = false;

  constructor(
    private readonly url: string,
    private readonly onCall: () => void,
    private readonly log: Log,
  ) {}

  async start(): Promise<void> {
    const client = new (clientOf(this.url))({
      connectionString: this.url,
      application_name: 'piaoka-listen',
      keepAlive: true,
    });
    client.on('notification', () => this.onCall());
    client.on('error', () => undefined);
    client.on('end', () => this.retry());
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
      this.client = client;
      this.onCall();
    } catch (error) {
      this.log.warn({ err: error }, 'wake-up calls cannot be heard; polling serves meanwhile');
      await client.end().catch(() => undefined);
      this.retry();
    }
  }

  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer) clearTimeout(this.timer);
    await this.client?.end().catch(() => undefined);
  }

  private retry(): void {
    if (this.stopped || this.timer) return;
    this.client = null;
    this.timer = setTimeout(() => {
      this.timer = null;
      void this.start();
    }, RECONNECT_MS);
  }
}
