import { renderInvoicePdf } from '../../src/demo/invoice-pdf';
import { invoiceFaceOf, SampleOrder } from '../../src/demo/sample-order';
import { digitalSheet } from './digital-sheet';
import { Paper, paperOf } from './paper';
import { railwaySheet } from './railway-sheet';
import { taxControlSheet } from './tax-control-sheet';
import { writeEmbedded } from './write-embedded';
import { writeNamed } from './write-named';

export interface CorpusFile {
  name: string;
  order: SampleOrder;
  paper: Paper;
  pdf: Buffer;
}

interface Kind {
  name: string;
  /** Of a hundred files; the mix is that of published invoices. */
  share: number;
  paper: Paper['kind'];
  /** No order has it. */
  ticket?: true;
  draw: (paper: Paper, order: SampleOrder) => Promise<Buffer>;
}

/** Kinds of invoices by who draws them and how. */
export const KINDS: readonly Kind[] = [
  kind('税控普票, level, signed', 18, 'vat_ordinary', (paper) =>
    writeEmbedded(taxControlSheet(paper, 'level'), { qr: 2, signed: true }),
  ),
  kind('税控普票, spread, signed', 12, 'vat_ordinary', (paper) =>
    writeEmbedded(taxControlSheet(paper, 'spread'), { qr: 4, signed: true }),
  ),
  kind('税控专票, spread, font not embedded', 4, 'vat_special', (paper) =>
    writeNamed(taxControlSheet(paper, 'spread')),
  ),
  kind('通行费, signed', 11, 'toll', (paper) =>
    writeEmbedded(taxControlSheet(paper, 'level'), { qr: 4, signed: true }),
  ),
  kind('数电普票, report', 15, 'digital_ordinary', (paper) => writeEmbedded(digitalSheet(paper, 'report'), { qr: 8 })),
  kind('数电普票, form', 8, 'digital_ordinary', (paper) =>
    writeEmbedded(digitalSheet(paper, 'form'), { qr: 1, scaled: true }),
  ),
  kind('数电普票, font not embedded', 7, 'digital_ordinary', (paper) => writeNamed(digitalSheet(paper, 'report'))),
  kind('数电普票, with Info keys, code drawn', 6, 'digital_ordinary', (_, order) =>
    renderInvoicePdf(invoiceFaceOf(order)),
  ),
  kind('数电专票, report', 12, 'digital_special', (paper) => writeEmbedded(digitalSheet(paper, 'report'), { qr: 4 })),
  {
    ...kind('铁路电子客票, code drawn', 7, 'digital_ordinary', (paper) =>
      writeEmbedded(railwaySheet(paper), { qr: 'drawn' }),
    ),
    ticket: true,
  },
];

/** File number `seed` of a kind; each has an order of its own. */
export async function corpusFile(kind: Kind, seed: number, issuedAt: Date): Promise<CorpusFile> {
  const { paper, order } = paperOf(kind.paper, seed, issuedAt, linesOf(seed));
  return { name: kind.name, order, paper, pdf: await kind.draw(paper, order) };
}

/** How many lines the invoice of a seed has. */
export function linesOf(seed: number): number {
  return 1 + (seed % 4);
}

/** The kind of the n-th file of a mix by shares, spread evenly; `orders`: only of papers that are ordered. */
export function kindOfFile(n: number, orders: boolean): Kind {
  const kinds = KINDS.filter(({ ticket }) => !(orders && ticket));
  const total = kinds.reduce((sum, { share }) => sum + share, 0);
  // A step that is prime to every total visits all places once before any again.
  let place = (n * 37) % total;
  return kinds.find(({ share }) => (place -= share) < 0) as Kind;
}

function kind(name: string, share: number, paper: Paper['kind'], draw: Kind['draw']): Kind {
  return { name, share, paper, draw };
}
