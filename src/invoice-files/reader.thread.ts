import { readFileSync, readlinkSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { Pdfium, PdfiumFailure } from './pdfium';
import { codesIn, loadQrReader } from './qr-codes';
import { readFile } from './read-file';
import { Reading } from './read-pdf';

/** What a reading thread is told at its start, and what it tells: `ready` once, then an answer for each file. */
export interface ThreadData {
  pdfium: WebAssembly.Module;
  /** Of its memory, at most. */
  memoryBytes: number;
}
export interface Job {
  job: number;
  bytes: Uint8Array;
}
export type ThreadMessage =
  { ready: true; thread: string | null } | { job: number; reading: Reading | 'memory' | 'lost' };

/** A thread that reads invoice files, one after the other. Each file that made its memory grow costs it that memory. */
async function main({ pdfium: module, memoryBytes }: ThreadData): Promise<void> {
  await loadQrReader();
  let instance = Pdfium.start(module, memoryBytes);
  await instance;
  parentPort?.on('message', ({ job, bytes }: Job) => {
    void read(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)).then((reading) => tell({ job, reading }));
  });
  tell({ ready: true, thread: ownThread() });

  async function read(bytes: Buffer): Promise<Reading | 'memory' | 'lost'> {
    const pdfium = await instance;
    let broken = false;
    try {
      return await readFile(bytes, { pdfium, codesIn });
    } catch (error) {
      broken = true;
      return error instanceof PdfiumFailure ? error.why : 'lost';
    } finally {
      if (broken || pdfium.grown) instance = Pdfium.start(module, memoryBytes);
    }
  }
}

function tell(message: ThreadMessage): void {
  parentPort?.postMessage(message);
}

/** Where Linux tells the processor time of this very thread; null elsewhere. */
function ownThread(): string | null {
  try {
    const file = `/proc/${readlinkSync('/proc/thread-self')}/schedstat`;
    // Kernels that do not keep it show noughts, or no such file.
    return /^[1-9]\d* \d+ \d+$/.test(readFileSync(file, 'latin1').trim()) ? file : null;
  } catch {
    return null;
  }
}

void main(workerData as ThreadData);
