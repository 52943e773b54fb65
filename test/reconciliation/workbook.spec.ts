import { stream as exceljs, Workbook } from 'exceljs';
import { randomBytes } from 'node:crypto';
import { PassThrough, Writable } from 'node:stream';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { WorkbookStream } from '../../src/reconciliation/workbook';

/** Rows that no zip makes much smaller, 100 kB a block: 75 % of base64 is left of it. */
const BLOCKS = 80;
const block = () => Array.from({ length: 100 }, (_, n) => [n, randomBytes(750).toString('base64')]);
const MIB = 1024 * 1024;

/** Takes what comes, a millisecond for each piece of it. */
class SlowSink extends Writable {
  taken = 0;

  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    this.taken += chunk.length;
    setTimeout(done, 1);
  }
}

/** The most that was held back of what `add` had been given, in bytes as the zip leaves them. */
async function mostHeld(sink: SlowSink, add: (rows: (string | number)[][]) => Promise<void>): Promise<number> {
  let given = 0;
  let most = 0;
  for (let n = 0; n < BLOCKS; n += 1) {
    await add(block());
    given += 75_000;
    most = Math.max(most, given - sink.taken);
  }
  return most;
}

async function written(write: (book: WorkbookStream) => Promise<void>): Promise<Workbook> {
  const sink = new PassThrough();
  const chunks: Buffer[] = [];
  sink.on('data', (chunk: Buffer) => chunks.push(chunk));
  const stream = new WorkbookStream(sink);
  await write(stream);
  await stream.end();
  const book = new Workbook();
  await book.xlsx.load(Buffer.concat(chunks) as never);
  return book;
}

describe('a workbook while it is written', () => {
  test('holds a handful of rows, however slowly they are taken and however many they are', async () => {
    const sink = new SlowSink();
    const book = new WorkbookStream(sink);
    await book.begin('many');
    expect(await mostHeld(sink, (rows) => book.add(rows))).toBeLessThan(MIB);
    await book.end();
    expect(sink.taken).toBeGreaterThan(BLOCKS * 70_000);

    // The same into a writer that does not wait: nearly all of it is held.
    const other = new SlowSink();
    const careless = new exceljs.xlsx.WorkbookWriter({ stream: other, useSharedStrings: false });
    const sheet = careless.addWorksheet('many');
    const held = await mostHeld(other, async (rows) => {
      rows.forEach((row) => sheet.addRow(row).commit());
      await turn();
    });
    expect(held).toBeGreaterThan(2 * MIB);
    sheet.commit();
    await careless.commit();
  });

  test('is read by another program as it was meant: sheets, numbers, gaps, and other people’s words to the letter', async () => {
    const words = [
      '=HYPERLINK("http://evil.example")',
      ' <b>&amp; "quoted" \'single\'  ',
      '中文 𠮷 🧾',
      'two\nlines\tand a tab',
      ']]>',
    ];
    const book = await written(async (stream) => {
      await stream.begin('汇总 & "more"');
      await stream.add([
        ['a', null, 5],
        [null, -1.5],
      ]);
      await stream.add([[Number.MAX_SAFE_INTEGER]]);
      await stream.begin('词');
      await stream.add(words.map((word) => [word]));
      await stream.begin('空');
    });
    expect(book.worksheets.map(({ name }) => name)).toEqual(['汇总 & "more"', '词', '空']);
    const [sums, said, none] = book.worksheets;
    const values = (sheet = sums) => (sheet?.getSheetValues() ?? []).slice(1) as unknown[][];
    expect(values().map((row) => Array.from(row).slice(1))).toEqual([
      ['a', undefined, 5],
      [undefined, -1.5],
      [Number.MAX_SAFE_INTEGER],
    ]);
    expect(values(said).map((row) => row[1])).toEqual(words);
    expect(said?.getCell('A1').formula).toBeUndefined();
    expect(none?.rowCount).toBe(0);
  });

  test('characters that XML cannot hold become U+FFFD, and the file stays readable', async () => {
    const book = await written(async (stream) => {
      await stream.begin('s');
      await stream.add([['a\u0000b\u000bc\ud800d\uffffe']]);
    });
    expect(book.worksheets[0]?.getCell('A1').value).toBe('a\ufffdb\ufffdc\ufffdd\ufffde');
  });

  test('a sink that fails is told to whoever adds rows; nobody waits for ever', async () => {
    const full = new Writable({ write: (_chunk, _encoding, done) => done(new Error('the disk is full')) });
    const book = new WorkbookStream(full);
    const filled = (async () => {
      await book.begin('s');
      for (;;) await book.add(block());
    })();
    await expect(Promise.race([filled, sleep(20_000, undefined, { ref: false })])).rejects.toThrow('the disk is full');
    await expect(book.end()).rejects.toThrow('the disk is full');
  });
});
