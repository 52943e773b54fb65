import { Entry, fromBuffer, getFileNameLowLevel, ZipFile } from 'yauzl';

const MOST_ENTRIES = 5000;
const MOST_WANTED = 500;
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
  const entries = new Map<string, Entry>();
  for (const entry of await listed(file)) {
    const name = nameOf(entry);
    if (name === null) throw new RefusedZip('unsafe_name');
    if (entries.has(name)) throw new RefusedZip('bomb');
    entries.set(name, entry);
  }
  if ([...entries.keys()].filter(wanted).length > MOST_WANTED) throw new RefusedZip('bomb');
  let total = 0;
  for (const [name, entry] of entries) {
    if (entry.isEncrypted()) throw new RefusedZip('encrypted');
    // What is not unpacked may be as large as it likes.
    if (!wanted(name)) continue;
    const { uncompressedSize: size, compressedSize: packed } = entry;
    total += size;
    const ratio = size / Math.max(1, packed);
    if (size > MOST_BYTES_EACH || total > MOST_BYTES || (size > 65_536 && ratio > MOST_RATIO))
      throw new RefusedZip('bomb');
  }
  const read = new Map<string, Buffer>();
  for (const [name, entry] of entries) {
    const bytes = wanted(name) ? await bytesOf(file, entry) : null;
    if (bytes) read.set(name, bytes);
  }
  return read;
}

/**
 * Where an entry lies within the archive: makers write `\` for `/`, and a `/` before everything. Null: out of it. Nothing
 * is ever written where a name leads.
 */
function nameOf({ generalPurposeBitFlag, fileNameRaw, extraFields }: Entry): string | null {
  const written = getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, false);
  const name = written.replaceAll('\\', '/').replace(/^\/+/, '');
  return /^[A-Za-z]:|(^|\/)\.\.(\/|$)|\0/.test(name) ? null : name;
}

function opened(zip: Buffer): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    fromBuffer(zip, { lazyEntries: true, autoClose: false, decodeStrings: false }, (error, file) =>
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
    file.once('error', () => reject(new RefusedZip('broken')));
    file.readEntry();
  });
}

/** Null: it cannot be unpacked, or to another size than it declares. One such entry spoils no other. */
function bytesOf(file: ZipFile, entry: Entry): Promise<Buffer | null> {
  return new Promise((resolve) => {
    file.openReadStream(entry, (error, stream) => {
      if (error) return resolve(null);
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.once('end', () => resolve(Buffer.concat(chunks)));
      stream.once('error', () => resolve(null));
    });
  });
}
