import { inflateSync, deflateSync } from 'node:zlib';
import { renderInvoicePdf } from '../../src/demo/invoice-pdf';
import { FileReader, ReaderLimits } from '../../src/invoice-files/file-reader';
import { quickReading } from '../../src/invoice-files/pdf-quick';
import { checkPdf } from '../../src/invoice-files/pdf-shape';
import { corpusFile, KINDS } from '../../bench/corpus/corpus';
import { FACE } from './face';
import { drawing, hostileFiles, pictured } from './hostile-corpus';
import { otherPdf } from './other-layouts';

const MIB = 1024 * 1024;
const MUTATIONS = process.env.LONG ? 20_000 : 300;

jest.setTimeout(process.env.LONG ? 1_800_000 : 240_000);

describe('files made to hurt', () => {
  const files = new FileReader({ threads: 1, deadlineMs: 5000, queue: 10_000, patienceMs: 1_800_000 });
  let peak = 0;
  let before = 0;
  let watch: NodeJS.Timeout;
  beforeAll(async () => {
    await files.read(await renderInvoicePdf(FACE));
    before = process.memoryUsage.rss();
    watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss() - before)), 20);
  });
  afterAll(async () => {
    clearInterval(watch);
    await files.close();
  });

  it('are each refused or reported, within bounds, and an invoice is read as before', async () => {
    const corpus = await hostileFiles();
    expect(corpus.size).toBeGreaterThanOrEqual(60);
    const silent: string[] = [];
    for (const [name, bytes] of corpus) {
      const { faults } = await files.read(bytes);
      const isPdf = bytes.subarray(0, 5).toString() === '%PDF-';
      const atTheDoor = isPdf ? [...checkPdf(bytes, '/pdf', 5 * MIB), ...quickReading(bytes).faults] : [];
      if (faults.length + atTheDoor.length === 0) silent.push(name);
    }
    expect(silent).toEqual([]);
    expect(peak).toBeLessThan(700 * MIB);
    expect((await files.read(Buffer.concat([await renderInvoicePdf(FACE), Buffer.from('\n')]))).facts).not.toEqual([]);
  });

  it(`${MUTATIONS} mutations of files like real ones end no process and leave no invoice unread`, async () => {
    const whole = await structures();
    const random = seeded(7);
    const ends = new Map<string, number>();
    for (let n = 0; n < MUTATIONS; n += 1) {
      const one = whole[n % whole.length] as Buffer;
      const { facts, faults, unread } = await files.read(mutated(one, random));
      expect(Array.isArray(facts) && Array.isArray(faults)).toBe(true);
      ends.set(unread ?? 'read', (ends.get(unread ?? 'read') ?? 0) + 1);
    }
    if (process.env.LONG)
      console.log(`${MUTATIONS} mutations: ${JSON.stringify([...ends])}, peak ${Math.round(peak / MIB)} MiB`);
    expect(peak).toBeLessThan(700 * MIB);
    for (const one of whole) expect((await files.read(Buffer.concat([one, Buffer.from('\n')]))).facts).not.toEqual([]);
  });
});

describe('the bounds of a reading', () => {
  const BOUNDS = { threads: 1, deadlineMs: 20_000, queue: 10, patienceMs: 60_000 };

  /** Reads an invoice: a cold thread, or a busy machine, may need more than one try. */
  async function read(files: FileReader, from: number): Promise<void> {
    const invoice = await renderInvoicePdf(FACE);
    for (let n = 0; n < 50; n += 1) {
      const { facts } = await files.read(Buffer.concat([invoice, Buffer.from(`\n${from + n}`)]));
      if (facts.some(({ source }) => source === 'text')) return;
    }
    throw new Error('no invoice is read any more');
  }

  /** Why a reader with these bounds did not read it; null where it did. */
  async function unread(bytes: Buffer, bounds: Partial<ReaderLimits>): Promise<string | null> {
    const files = new FileReader({ ...BOUNDS, ...bounds });
    try {
      // The libraries are loaded, and take their part of the memory, before they are measured.
      await read(files, 0);
      const { unread: why } = await files.read(bytes);
      // Whatever became of it, the next invoice is read.
      await read(files, 1000);
      return why ?? null;
    } finally {
      await files.close();
    }
  }

  it('a file that takes too long is given up at the deadline; with time it is read', async () => {
    const slow = drawing('0 0 m 500 300 l S '.repeat(40_000));
    expect(await unread(slow, { deadlineMs: 400 })).toBe('deadline');
    expect(await unread(slow, {})).not.toBe('deadline');
  });

  it('a file that takes too much memory is given up; with room it is read', async () => {
    const picture = pictured(3600);
    expect(picture.length).toBeLessThan(MIB);
    expect(await unread(picture, { memoryBytes: 24 * MIB })).toBe('memory');
    expect(await unread(picture, {})).not.toBe('memory');
  });
});

test('without the budget the same bomb does go off: it is the limit that holds it', () => {
  const bomb = deflateSync(Buffer.alloc(100 * MIB));
  expect(bomb.length).toBeLessThan(MIB);
  expect(inflateSync(bomb).length).toBe(100 * MIB);
});

/** Every kind of the corpus, signed and not, with fonts and without, and one with its objects packed into streams. */
async function structures(): Promise<Buffer[]> {
  const drawn = await Promise.all(KINDS.map(async (kind) => (await corpusFile(kind, 3, new Date())).pdf));
  return [...drawn, await otherPdf({ scattered: true, turned: true })];
}

/** A few bytes flipped, a number or a name of its structure made another, a stretch cut out, or one doubled. */
function mutated(whole: Buffer, random: () => number): Buffer {
  const at = () => Math.floor(random() * whole.length);
  const kind = random();
  if (kind < 0.3) return restructured(whole, random);
  if (kind < 0.6) {
    const copy = Buffer.from(whole);
    for (let n = 0; n < 1 + random() * 20; n += 1) copy[at()] = Math.floor(random() * 256);
    return copy;
  }
  const [from, to] = [at(), at()].sort((a, b) => a - b) as [number, number];
  if (kind < 0.8) return Buffer.concat([whole.subarray(0, from), whole.subarray(to)]);
  return Buffer.concat([whole.subarray(0, to), whole.subarray(from)]);
}

/** A place in the words between streams: lengths, references, offsets, sizes and names are there. */
function restructured(whole: Buffer, random: () => number): Buffer {
  const text = whole.toString('latin1');
  const places = [...text.matchAll(/(?<=[\s[(/])(\d{1,8}|\/[A-Z][A-Za-z0-9]{1,15})(?=[\s\]>/])/g)];
  const place = places[Math.floor(random() * places.length)];
  if (!place) return whole;
  const others = [
    '0',
    '-1',
    '1',
    '2147483647',
    '99999999999',
    '/Null',
    '[[[[',
    '<<',
    '1 0 R',
    '/FlateDecode',
    '/JBIG2Decode',
    '/DCTDecode',
  ];
  const other = others[Math.floor(random() * others.length)] as string;
  return Buffer.from(text.slice(0, place.index) + other + text.slice(place.index + place[0].length), 'latin1');
}

/** Mulberry32. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
  };
}
