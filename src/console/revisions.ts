import { PoolClient } from 'pg';
import { Sealer } from '../data/sealed';
import { Checked } from '../domain/check-invoice';
import { PersonalData, PublicInvoice, unite } from '../domain/personal-data';
import { toShanghai } from '../domain/shanghai';
import { invoiceView } from '../orders/invoice-view';
import { RevisionView } from './admin-orders.api';

interface RevisionRow {
  id: string;
  revision: number;
  card_id: string;
  invoice: PublicInvoice;
  person: Buffer | null;
  pdf_sha256: Buffer;
  checked: Checked | null;
  since: Date;
  until: Date;
}

/** What an order said before it was revised, the first revision first. `key`: merchant and order. */
export async function revisionsOf(client: PoolClient, key: string[], sealer: Sealer): Promise<RevisionView[]> {
  const { rows } = await client.query<RevisionRow>(
    `SELECT id, revision, card_id, invoice, person, pdf_sha256, checked, since, until FROM order_revisions
      WHERE merchant_id = $1 AND id = $2 ORDER BY revision`,
    key,
  );
  return rows.map((row) => viewOf(row, sealer));
}

/** When that revision's PDFs were stored, with all digits; null: there is none. */
export async function filesOfRevision(client: PoolClient, key: string[], revision: number): Promise<string | null> {
  const { rows } = await client.query<{ at: string }>(
    'SELECT files_at::text AS at FROM order_revisions WHERE merchant_id = $1 AND id = $2 AND revision = $3',
    [...key, revision],
  );
  return rows[0]?.at ?? null;
}

function viewOf({ id, invoice, person, pdf_sha256, checked, since, until, ...row }: RevisionRow, sealer: Sealer) {
  const personal = sealer.opened<PersonalData>(person, `orders|${id}`);
  return {
    ...row,
    since: toShanghai(since),
    until: toShanghai(until),
    invoice: invoiceView(unite(invoice, personal.value)),
    pdf_sha256: pdf_sha256.toString('hex'),
    ...(personal.lost ? { unreadable: ['invoice' as const] } : {}),
    ...(checked ? { checked } : {}),
  };
}
