import { FileReader } from '../../src/invoice-files/file-reader';
import { renderInvoicePdf } from '../../src/demo/invoice-pdf';
import { FACE } from '../invoice-files/face';
import { drawing } from '../invoice-files/hostile-corpus';
import { orderWithRealPdf } from '../support/orders';
import { KEY, WHOLE_CHECK, World } from '../support/world';
import { addNeighbour, ADMIN } from './neighbour';

jest.setTimeout(180_000);

/** Small, and slow to draw; no two alike, since the same bytes are read once. */
const slow = (n: number) => drawing(`${n} 0 m 500 300 l S ${'0 0 m 500 300 l S '.repeat(15_000)}`);
const SLOW_FILES = 5;

describe('a file behind another merchant’s slow ones', () => {
  it('is read in its turn, and not after all of them', async () => {
    await reading(async (files) => {
      let read = 0;
      const all = Array.from({ length: SLOW_FILES }, (_, n) => files.read(slow(n), 'slow').then(() => (read += 1)));
      const { facts } = await files.read(await renderInvoicePdf(FACE), 'small');
      expect(facts).not.toEqual([]);
      expect(read).toBeLessThan(SLOW_FILES - 1);
      await Promise.all(all);
    });
  });

  it('where all are one merchant’s it is the last, as it came last', async () => {
    await reading(async (files) => {
      let read = 0;
      const all = Array.from({ length: SLOW_FILES }, (_, n) => files.read(slow(n), 'slow').then(() => (read += 1)));
      await files.read(await renderInvoicePdf(FACE), 'slow');
      expect(read).toBe(SLOW_FILES);
      await Promise.all(all);
    });
  });

  it('finds room, however many of them wait', async () => {
    await reading(async (files) => {
      const all = Array.from({ length: 40 }, (_, n) => files.read(slow(n), 'slow'));
      expect((await files.read(await renderInvoicePdf(FACE), 'small')).unread).toBeUndefined();
      await files.close();
      expect((await Promise.all(all)).filter(({ unread }) => unread === 'busy').length).toBeGreaterThan(20);
    });
  });

  async function reading(story: (files: FileReader) => Promise<void>): Promise<void> {
    const files = new FileReader({ threads: 1, deadlineMs: 60_000, queue: 10, patienceMs: 150_000 });
    try {
      await files.read(Buffer.concat([await renderInvoicePdf(FACE), Buffer.from('\n%first')]), 'first');
      await story(files);
    } finally {
      await files.close();
    }
  }
});

describe('a check over HTTP beside another merchant’s slow ones', () => {
  let world: World;
  let neighbour: string;
  beforeAll(async () => {
    world = await World.start({ env: { BOOTSTRAP_ADMIN_KEY: ADMIN, ROLE: 'api', ...WHOLE_CHECK } });
    neighbour = await addNeighbour(world);
  });
  afterAll(() => world.end());

  it('is answered before they are', async () => {
    const { invoice, pdf } = await orderWithRealPdf();
    let answered = 0;
    const posted = Array.from({ length: SLOW_FILES }, (_, n) =>
      world.post('/v1/invoices/check', { invoice, pdf: slow(n).toString('base64') }, KEY).then(({ status }) => {
        answered += 1;
        return status;
      }),
    );
    await world.post('/v1/invoices/check', { invoice, pdf }, neighbour).expect(200);
    expect(answered).toBeLessThan(SLOW_FILES - 1);
    // Each is read, or told to come again; none is an error of the service.
    for (const status of await Promise.all(posted)) expect([200, 503]).toContain(status);
  });
});
