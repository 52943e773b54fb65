import { AddressInfo, connect, createServer, Server, Socket } from 'node:net';

/**
 * before: PostgreSQL never gets the COMMIT · after: it has committed, and its answer is lost · stalled: the statement has
 * run and the client's connection breaks, while the COMMIT stands still for a while, as one does that waits for a standby.
 */
export type Cut = 'before' | 'after' | 'stalled';

const STALLED_MS = 1500;

/**
 * Stands between the service and PostgreSQL, reads the client's half of the protocol, and cuts the connection at a COMMIT
 * when it is told to. A COMMIT belongs to the prepared statement that ran before it, or to the table that a statement
 * without a name wrote to.
 */
export class CuttingProxy {
  readonly cuts: { statement: string; cut: Cut }[] = [];
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private isAway = false;
  private refusal: string | null = null;

  constructor(
    private readonly target: URL,
    private readonly choose: (statement: string) => Cut | null,
  ) {
    this.server = createServer((client) => this.join(client));
  }

  /** The URL of the same database, through this proxy. */
  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    const url = new URL(this.target);
    url.hostname = '127.0.0.1';
    url.port = String((this.server.address() as AddressInfo).port);
    url.search = '';
    return url.toString();
  }

  /** Every connection breaks, and new ones are refused until it is back. */
  away(away: boolean): void {
    this.isAway = away;
    if (away) for (const socket of this.sockets) socket.destroy();
  }

  /** As a server answers at the door (FATAL): every connection breaks, and new ones get this SQLSTATE; null: no more. */
  refuse(sqlstate: string | null): void {
    this.refusal = sqlstate;
    if (sqlstate) for (const socket of this.sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private sendAway(client: Socket, word: Buffer): void {
    client.on('error', () => undefined);
    client.write(word);
    client.destroySoon();
  }

  private join(client: Socket): void {
    if (this.isAway) return void client.destroy();
    if (this.refusal) return this.sendAway(client, fatal(this.refusal));
    const upstream = connect(Number(this.target.port || 5432), this.target.hostname);
    let stalled: Buffer | null = null;
    let hasRun = false;
    const stallOnceRun = () => {
      if (!stalled || !hasRun || client.destroyed) return;
      const commit = stalled;
      client.destroy();
      setTimeout(() => upstream.end(commit), STALLED_MS);
    };
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.sockets.add(one);
      one.on('error', () => undefined);
      one.on('close', () => {
        this.sockets.delete(one);
        if (!stalled) other.destroy();
      });
    }
    const cutBoth = () => {
      client.destroy();
      upstream.destroy();
    };
    let heard: Buffer | null = null;
    upstream.on('data', (chunk: Buffer) => {
      hasRun ||= /SELECT \d+\0/.test(chunk.toString('latin1'));
      if (stalled) return stallOnceRun();
      if (heard === null) return void client.write(chunk);
      // The COMMIT is on its way: its answer is awaited, and goes no further.
      heard = Buffer.concat([heard, chunk]);
      if (heard.includes('COMMIT\0')) cutBoth();
    });
    const read = messages();
    let statement = '';
    let table = '';
    client.on('data', (chunk: Buffer) => {
      for (const message of read(chunk)) {
        statement = boundStatement(message) ?? statement;
        if (boundStatement(message)) hasRun = false;
        table = writtenTable(message) ?? table;
        const name = statement || table;
        const cut = isCommit(message) && name !== '' ? this.choose(name) : null;
        if (cut) this.cuts.push({ statement: name, cut });
        if (isCommit(message)) statement = table = '';
        if (cut === 'before') return cutBoth();
        if (cut === 'stalled') {
          stalled = message;
          return stallOnceRun();
        }
        if (cut) heard = Buffer.alloc(0);
        upstream.write(message);
      }
    });
  }
}

function fatal(sqlstate: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${sqlstate}\0Mrefused at the door\0\0`);
  const head = Buffer.alloc(5, 'E');
  head.writeUInt32BE(4 + fields.length, 1);
  return Buffer.concat([head, fields]);
}

/** Splits the client's bytes into messages; the first has no type. */
function messages(): (chunk: Buffer) => Buffer[] {
  let rest = Buffer.alloc(0);
  let started = false;
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    const found: Buffer[] = [];
    for (;;) {
      const head = started ? 1 : 0;
      if (rest.length < head + 4) return found;
      const length = head + rest.readUInt32BE(head);
      if (rest.length < length) return found;
      found.push(rest.subarray(0, length));
      rest = rest.subarray(length);
      started = true;
    }
  };
}

/** The table that a statement without a name inserts into, as its Parse says. */
function writtenTable(message: Buffer): string | null {
  if (message[0] !== 0x50 || message[5] !== 0) return null;
  return /^\s*INSERT INTO (\w+)/.exec(message.subarray(6).toString('latin1'))?.[1] ?? null;
}

/** The statement that a Bind names, less the number of its plan and its size: accept, intend, record … */
function boundStatement(message: Buffer): string | null {
  if (message[0] !== 0x42) return null;
  const [, name = ''] = message.subarray(5).toString('latin1').split('\0', 2);
  return name.split('.')[0]?.replace(/_\d+$/, '') ?? null;
}

function isCommit(message: Buffer): boolean {
  return message[0] === 0x51 && message.subarray(5).toString('latin1') === 'COMMIT\0';
}
