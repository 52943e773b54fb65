import { fromBuffer, Entry, ZipFile } from 'yauzl';

const MOST_ENTRIES = 500;
const MOST_BYTES_EACH = 16 * 1024 * 1024;
const MOST_BYTES = 48 * 1024 * 1024;
/** Packed text shrinks to a tenth, rarely to a fiftieth; what shrinks further is made to. */
const MOST_RATIO = 200;

/** Why an archive is not read. `unsafe_name`: an entry that would climb out of its folder. */
export class RefusedZip extends Error {
  constructor(readonly reason: 'broken' | 'unsafe_name' | 'bomb' | 'encrypted') {
    super(reason);
  }
}

/** The wanted entries of an archive by name, all limits held before a byte is unpacked. Nothing is written anywhere. */
export async function readEntries(zip: Buffer, wanted: (name: string) => boolean): Promise<Map<string, Buffer>> {
  const file = await opened(zip);
  const entries = await listed(file);
  const names = new Set(entries.map(({ fileName }) => fileName));
  if (entries.length > MOST_ENTRIES || names.size !== entries.length) throw new RefusedZip('bomb');
  let total = 0;
  for (const entry of entries) {
    const { uncompressedSize: size, compressedSize: packed } = entry;
    total += size;
    if (entry.isEncrypted()) throw new RefusedZip('encrypted');
    const ratio = size / Math.max(1, packed);
    if (size > MOST_BYTES_EACH || total > MOST_BYTES || (size > 65_536 && ratio > MOST_RATIO))
      throw new RefusedZip('bomb');
  }
  const read = new Map<string, Buffer>();
  for (const entry of entries) {
    if (wanted(entry.fileName)) read.set(entry.fileName, await bytesOf(file, entry));
  }
  return read;
}

function opened(zip: Buffer): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    fromBuffer(zip, { lazyEntries: true, autoClose: false, strictFileNames: true }, (error, file) =>
      error ? reject(new RefusedZip('broken')) : resolve(file),
    );
  });
}

function listed(file: ZipFile): Promise<Entry[]> {
  return new Promise((resolve, reject) => {
    const entries: Entry[] = [];
    file.on('entry', (entry: Entry) => {
      entries.push(entry);
      if (entries.length > MOST_ENTRIES) reject(new RefusedZip('bomb'));
      else file.readEntry();
    });
    file.once('end', () => resolve(entries));
    file.once('error', (error: Error) =>
      reject(
        new RefusedZip(/relative path|absolute path|invalid characters/.test(error.message) ? 'unsafe_name' : 'broken'),
      ),
    );
    file.readEntry();
  });
}

/** yauzl fails where an entry unpacks to another size than it declares. */
function bytesOf(file: ZipFile, entry: Entry): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    file.openReadStream(entry, (error, stream) => {
      if (error) return reject(new RefusedZip('broken'));
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.once('end', () => resolve(Buffer.concat(chunks)));
      stream.once('error', () => reject(new RefusedZip('broken')));
    });
  });
}
