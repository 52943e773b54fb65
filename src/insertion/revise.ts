import { PoolClient } from 'pg';
import { Sealer } from '../data/sealed';
import { Checked } from '../domain/check-invoice';
import { Invoice } from '../domain/invoice';
import { separate } from '../domain/personal-data';
import { pdfAad, Pdfs } from './pdf-store';
import { Subject } from './settle';

/** What an order is to say from now on. */
export interface Revision {
  cardId: string;
  invoice: Invoice;
  pdfSha256: Buffer;
  tripPdfSha256: Buffer | null;
  /** Null: the PDFs stay as they are. */
  files: Pdfs | null;
  checked: Checked;
}

/**
 * Gives an order its next revision and keeps the one before. To be called while the insertion is locked and before it is
 * begun anew: the database refuses it for an order that is under way or was ever in doubt. The invoice it held becomes
 * free; `takeInvoiceAgain` takes the one it names now. Returns the revision's number.
 */
export async function revise(
  client: PoolClient,
  sealer: Sealer,
  { merchantId, id }: Subject,
  { cardId, invoice, pdfSha256, tripPdfSha256, files, checked }: Revision,
): Promise<number> {
  const { open, personal } = separate(invoice);
  await client.query(KEEP_REVISIONS, [merchantId, [id]]);
  const { rows } = await client.query<{ revision: number }>(REVISE, [
    merchantId,
    id,
    cardId,
    invoice.number,
    JSON.stringify(open),
    personal && sealer.seal(JSON.stringify(personal), `orders|${id}`),
    pdfSha256,
    tripPdfSha256,
    JSON.stringify(checked),
    files && sealer.seal(files.pdf, pdfAad(id, 'pdf')),
    files?.tripPdf ? sealer.seal(files.tripPdf, pdfAad(id, 'trip_pdf')) : null,
  ]);
  return (rows[0] as { revision: number }).revision;
}

/** Keeps the present revision of orders before it is replaced. `$1` merchant, `$2` ids. */
export const KEEP_REVISIONS = `
  INSERT INTO order_revisions (merchant_id, id, revision, card_id, invoice_number, invoice, person, pdf_sha256,
                               trip_pdf_sha256, files_at, checked, since, until)
  SELECT merchant_id, id, revision, card_id, invoice_number, invoice, person, pdf_sha256, trip_pdf_sha256,
         coalesce(files_at, created_at), checked, coalesce(revised_at, created_at), now()
    FROM orders WHERE merchant_id = $1 AND id = ANY ($2::uuid[])`;

/** New PDFs are stored both, so that one instant names where they are. */
const REVISE = `
  WITH freed AS (
    DELETE FROM live_invoices WHERE merchant_id = $1 AND id = $2
  ), stored AS (
    INSERT INTO pdfs (merchant_id, id, part, stored_at, body, sealed)
    SELECT $1::uuid, $2::uuid, part, now(), body, true
      FROM (VALUES ('pdf', $10::bytea), ('trip_pdf', $11::bytea)) AS files (part, body) WHERE body IS NOT NULL
  )
  UPDATE orders
     SET revision = revision + 1, revised_at = now(), card_id = $3, invoice_number = $4, invoice = $5, person = $6,
         pdf_sha256 = $7, trip_pdf_sha256 = $8, checked = $9,
         files_at = CASE WHEN $10::bytea IS NULL THEN files_at ELSE now() END
   WHERE merchant_id = $1 AND id = $2
  RETURNING revision`;
