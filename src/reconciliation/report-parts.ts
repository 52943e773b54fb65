import { createHash } from 'node:crypto';
import { PoolClient } from 'pg';
import { Readable, Writable } from 'node:stream';
import { DataSource } from 'typeorm';
import { asEngine } from '../data/statement';
import { ReportFile } from '../data/entities/report';
import { putPart, readPart } from './reports.store';

const PART_BYTES = 256 * 1024;

/** A file of a report while it is written: into the database part by part, and through SHA-256. */
export class PartSink extends Writable {
  private readonly hash = createHash('sha256');
  private waiting: Buffer[] = [];
  private waitingBytes = 0;
  private bytes = 0;
  private n = 0;

  constructor(
    private readonly client: PoolClient,
    private readonly reportId: string,
    private readonly file: string,
  ) {
    super({ highWaterMark: PART_BYTES });
  }

  /** Of what was written, once the stream has ended. */
  facts(): ReportFile {
    return { name: this.file, bytes: this.bytes, sha256: this.hash.copy().digest('hex') };
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: (error?: Error | null) => void): void {
    this.waiting.push(chunk);
    this.waitingBytes += chunk.length;
    if (this.waitingBytes < PART_BYTES) return done();
    this.store().then(() => done(), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    if (this.waitingBytes === 0) return done();
    this.store().then(() => done(), done);
  }

  private async store(): Promise<void> {
    const body = Buffer.concat(this.waiting);
    this.waiting = [];
    this.waitingBytes = 0;
    this.hash.update(body);
    this.bytes += body.length;
    await putPart(this.client, { reportId: this.reportId, file: this.file, n: this.n, body });
    this.n += 1;
  }
}

/** The bytes of a file again, as fast as its reader takes them; no connection is held meanwhile. */
export function readFile(dataSource: DataSource, reportId: string, file: string): Readable {
  async function* parts() {
    for (let n = 0; ; n += 1) {
      const part = await asEngine(dataSource, (client) => readPart(client, reportId, file, n));
      if (!part) return;
      yield part;
    }
  }
  return Readable.from(parts(), { objectMode: false });
}
