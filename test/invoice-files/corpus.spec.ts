import { CorpusFile, corpusFile, KINDS } from '../../bench/corpus/corpus';
import { Json, WHOLE_CHECK, World } from '../support/world';

jest.setTimeout(120_000);

type Invoice = Record<string, unknown>;

/** One field made another, still of its own shape, and the code that has to name it. */
const FALSIFIED: [field: string, code: string, change: (invoice: Invoice) => Invoice][] = [
  ['number', 'PDF-NUMBER-01', ({ number }) => ({ number: turned(number as string, 9) })],
  ['code', 'PDF-CODE-01', ({ code }) => ({ code: turned(code as string, 3) })],
  ['check_code', 'PDF-CHECK-01', ({ check_code }) => ({ check_code: turned(check_code as string, 7) })],
  ['issued_at', 'PDF-DATE-01', ({ issued_at }) => ({ issued_at: dayBefore(issued_at as string) })],
  ['title', 'PDF-TITLE-01', ({ title }) => ({ title: `${String(title).slice(0, -1)}厂` })],
  ['buyer_number', 'PDF-BUYER-01', () => ({ buyer_number: '91310000MADEM0011A' })],
  ['seller_number', 'PDF-SELLER-01', () => ({ seller_number: '91310000MADEM002X2' })],
  ['fee_without_tax', 'PDF-NET-01', ({ fee_without_tax }) => ({ fee_without_tax: (fee_without_tax as number) + 1 })],
  ['tax', 'PDF-TAX-01', ({ tax }) => ({ tax: (tax as number) + 1 })],
  ['fee', 'PDF-FEE-01', ({ fee }) => ({ fee: (fee as number) + 1 })],
];

/** Made like the files of real issuers, by eight hands: none may be refused or doubted, and no false field overlooked. */
describe('the invoices of the corpus', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start({ env: WHOLE_CHECK });
  });
  afterAll(() => world.end());

  const ordered = KINDS.filter(({ ticket }) => !ticket);

  it.each(ordered.map((kind) => [kind.name, kind] as const))(
    '%s: agrees with its order, in every size',
    async (_, kind) => {
      for (const seed of [1, 2, 3, 4]) {
        const file = await drawn(kind, seed);
        expect((await check(file, {})).faults).toEqual([]);
        const { body } = await world.post('/v1/invoices/read', { file: file.pdf.toString('base64') }).expect(200);
        expect(body.invoice).toMatchObject({ number: file.paper.number, items: file.order.invoice.items });
        expect((body as Json).provenance['/invoice/items']).toEqual({ source: 'text', confidence: 'certain' });
      }
    },
  );

  const matrix = ordered.flatMap((kind) =>
    FALSIFIED.filter(([field]) => !kind.paper.startsWith('digital') || !/^(code|check_code)$/.test(field)).map(
      ([field, code, change]) => [kind.name, field, kind, code, change] as const,
    ),
  );

  it.each(matrix)('%s: a false %s is found', async (_, field, kind, code, change) => {
    const file = await drawn(kind, 7);
    const { faults } = await check(file, change(file.order.invoice as unknown as Invoice));
    const severity = code === 'PDF-TITLE-01' ? 'warning' : 'error';
    expect(faults).toContainEqual(expect.objectContaining({ code, severity, pointer: `/invoice/${field}` }));
  });

  it('a railway ticket is named, and read by buyer, fare and train; of the traveller nothing', async () => {
    const ticket = KINDS.find((kind) => kind.ticket);
    const { pdf, paper } = await corpusFile(ticket as (typeof KINDS)[number], 5, new Date());
    const { body } = await world.post('/v1/invoices/read', { file: pdf.toString('base64') }).expect(200);
    expect(body).toMatchObject({
      document: 'railway_ticket',
      journey: { number: 'G9999', from: '示例站', to: '样本站' },
      invoice: { number: paper.number, title: paper.buyer.name, buyer_number: paper.buyer.taxId, fee: paper.gross },
    });
    expect(body.invoice).not.toHaveProperty('kind');
    expect(JSON.stringify(body)).not.toMatch(/示例旅客|1990/);
  });

  const kept = new Map<string, Promise<CorpusFile>>();
  function drawn(kind: (typeof KINDS)[number], seed: number): Promise<CorpusFile> {
    const key = `${kind.name} ${seed}`;
    const file = kept.get(key) ?? corpusFile(kind, seed, new Date());
    kept.set(key, file);
    return file;
  }

  async function check({ order, pdf }: CorpusFile, change: Invoice): Promise<{ valid: boolean; faults: Json[] }> {
    const invoice = { ...order.invoice, ...change };
    const { body } = await world.post('/v1/invoices/check', { invoice, pdf: pdf.toString('base64') }).expect(200);
    return body as { valid: boolean; faults: Json[] };
  }
});

/** Another digit at a place from the end. */
function turned(digits: string, fromEnd: number): string {
  const at = digits.length - 1 - (fromEnd % digits.length);
  return digits.slice(0, at) + String((Number(digits[at]) + 1) % 10) + digits.slice(at + 1);
}

function dayBefore(issuedAt: string): string {
  return `${new Date(Date.parse(issuedAt) - 16 * 3600 * 1000).toISOString().slice(0, 10)}T00:00:00+08:00`;
}
