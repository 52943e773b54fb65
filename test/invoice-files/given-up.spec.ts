import { DataSource } from 'typeorm';
import { dataSourceFor } from '../../src/data/data-source';
import { newInsertion } from '../../src/domain/insertion';
import { PdfCheck } from '../../src/domain/pdf-verdict';
import { renderInvoicePdf } from '../../src/demo/invoice-pdf';
import { FileReader } from '../../src/invoice-files/file-reader';
import { Claimed } from '../../src/insertion/claimed';
import { PdfChecks } from '../../src/insertion/pdf-checks';
import { createDatabase } from '../support/databases';
import { FACE, INVOICE } from './face';
import { drawing } from './hostile-corpus';

jest.setTimeout(120_000);

/** A page of so many lines takes far more than a tenth of a second of a processor. */
const SLOW = drawing('0 0 m 500 300 l S '.repeat(20_000));

describe('what could not be read', () => {
  let database: { url: string; drop: () => Promise<void> };
  let dataSource: DataSource;
  beforeAll(async () => {
    database = await createDatabase();
    dataSource = await dataSourceFor(database.url, { poolSize: 2 }).initialize();
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  it('for lack of processor time is not sent unchecked: it is read again later, and counts as a try', async () => {
    await checking('full', { deadlineMs: 60 }, async (checks) => {
      const { stop } = await checks.check(claimed(1), SLOW);
      expect(stop).toMatchObject({ kind: 'later', reason: 'pdf_check_deadline', counted: true });
      expect((await checks.check(claimed(2), await renderInvoicePdf(FACE))).stop).toBeNull();
    });
  });

  it('because others are before it waits without a try lost, and is found read when it is asked for again', async () => {
    await checking('full', { deadlineMs: 60_000, patienceMs: 1 }, async (checks) => {
      const first = await checks.check(claimed(3), SLOW);
      expect(first.stop).toMatchObject({ kind: 'later', reason: 'pdf_check_busy', counted: false });
      for (let tries = 0; tries < 1000; tries += 1) {
        const { stop } = await checks.check(claimed(3), SLOW);
        if (stop === null) return;
        expect(stop).toMatchObject({ reason: 'pdf_check_busy', counted: false });
        await new Promise((resume) => setTimeout(resume, 50));
      }
      throw new Error('it is never read');
    });
  });

  it('for a merchant that wants warnings alone is sent, and the timeline says so', async () => {
    await checking('warn', { deadlineMs: 60 }, async (checks) => {
      const { stop, warnings } = await checks.check(claimed(4), SLOW);
      expect(stop).toBeNull();
      expect(warnings).toMatchObject([{ code: 'FILE-READ-01', severity: 'warning' }]);
    });
  });

  async function checking(
    check: PdfCheck,
    limits: { deadlineMs: number; patienceMs?: number },
    story: (checks: PdfChecks) => Promise<void>,
  ): Promise<void> {
    const files = new FileReader({ threads: 1, queue: 10, patienceMs: 100_000, ...limits });
    try {
      // A thread's first file has time for the compiling as well.
      for (let n = 0; n < 3; n += 1)
        await files.read(Buffer.concat([await renderInvoicePdf(FACE), Buffer.from(`\n%${n}`)]));
      await story(new PdfChecks(dataSource, files, check));
    } finally {
      await files.close();
    }
  }
});

/** As much of a claimed order as the check looks at. */
function claimed(n: number): Claimed {
  return {
    merchantId: '00000000-0000-4000-8000-000000000001',
    invoice: INVOICE,
    pdfSha256: Buffer.alloc(32, n),
    insertion: newInsertion(),
  } as Claimed;
}
