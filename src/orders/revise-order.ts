import { PoolClient } from 'pg';
import { Sealer } from '../data/sealed';
import { Fault, fault, hasErrors } from '../domain/fault';
import { PdfCheck } from '../domain/pdf-verdict';
import { PersonalData, PublicInvoice, unite } from '../domain/personal-data';
import { PDFS } from '../insertion/insertion.queue';
import { intact, openedPdfs, sameDigest, StoredPdf } from '../insertion/pdf-store';
import { Revision } from '../insertion/revise';
import { Subject } from '../insertion/settle';
import { MerchantTerms } from '../merchants/merchants';
import { differingPointers } from './differing-pointers';
import { invoiceView } from './invoice-view';
import { decodeBase64, notBase64 } from './order-body';
import { draftOrder, OrderDraft, OrderFiles } from './order-draft';
import { OrderChanges } from './order-changes.api';
import { OrderData } from './orders.api';

/** `revision` is null where the changes change nothing. `changed`: JSON pointers, never values. */
export type Revised = { revision: Revision | null; changed: string[] } | { faults: Fault[] };

/** Works out what an order would say with some of it changed, and judges it as if it were posted today. */
export class ReviseOrders {
  constructor(
    private readonly sealer: Sealer,
    private readonly limits: { maxPdfBytes: number; pdfCheck: PdfCheck },
  ) {}

  async revise(client: PoolClient, subject: Subject, changes: OrderChanges): Promise<Revised> {
    const { rows } = await client.query<PresentOrder>(PRESENT, [subject.merchantId, subject.id]);
    const present = rows[0] as PresentOrder;
    const given = filesOf(changes);
    if ('faults' in given) return given;
    const stored = await this.storedFiles(client, subject, present);
    const pdf = given.pdf ?? stored.pdf;
    const tripPdf = given.tripPdf === undefined ? stored.tripPdf : given.tripPdf;
    if (!pdf || tripPdf === undefined) return { faults: [damaged(pdf ? 'trip_pdf' : 'pdf')] };
    const { order: before, lost } = this.orderOf(present);
    if (lost?.why === 'key_missing') throw lost;
    if (lost && !changes.invoice) return { faults: [personLost()] };
    const order = {
      ...before,
      card_id: changes.card_id ?? before.card_id,
      invoice: { ...before.invoice, ...changes.invoice },
    };
    const { draft, faults } = this.draft(order, { pdf, tripPdf }, present);
    if (!draft || hasErrors(faults)) return { faults: faults.map(amongChanges) };
    return this.compared(present, before, draft);
  }

  private compared(present: PresentOrder, before: OrderData, draft: OrderDraft): Revised {
    const { cardId, invoice, pdfSha256, tripPdfSha256, files, checked } = draft;
    const ofData = differingPointers(
      { card_id: before.card_id, invoice: { ...before.invoice } },
      { card_id: cardId, invoice: { ...invoiceView(invoice) } },
      '',
    );
    const ofFiles = [
      ...(present.pdf_sha256.equals(pdfSha256) ? [] : ['/pdf']),
      ...(sameDigest(present.trip_pdf_sha256, tripPdfSha256) ? [] : ['/trip_pdf']),
    ];
    const changed = [...ofData, ...ofFiles];
    if (changed.length === 0) return { revision: null, changed };
    const revision = { cardId, invoice, pdfSha256, tripPdfSha256, checked, files: ofFiles.length > 0 ? files : null };
    return { revision, changed };
  }

  private draft(order: OrderData, files: OrderFiles, { terms }: PresentOrder) {
    return draftOrder(order, files, terms, this.limits, Math.floor(Date.now() / 1000));
  }

  /** What is stored and still is what was accepted; a damaged file is undefined. */
  private async storedFiles(client: PoolClient, { merchantId, id }: Subject, present: PresentOrder) {
    const { rows } = await client.query<StoredPdf>(PDFS.text, [[merchantId], [id]]);
    const { pdf, tripPdf } = openedPdfs(this.sealer, id, rows);
    const whole = (bytes: Buffer | null, sha256: Buffer | null) => (intact(bytes, sha256) ? bytes : undefined);
    return { pdf: whole(pdf, present.pdf_sha256), tripPdf: whole(tripPdf, present.trip_pdf_sha256) };
  }

  /** As it would be posted to say what it says now. */
  private orderOf({ id, order_id, appid, card_id, invoice, person }: PresentOrder) {
    const { value, lost } = this.sealer.opened<PersonalData>(person, `orders|${id}`);
    const order: OrderData = { order_id, appid, card_id, invoice: invoiceView(unite(invoice, value)) };
    return { order, lost };
  }
}

interface PresentOrder {
  id: string;
  order_id: string;
  appid: string;
  card_id: string;
  invoice: PublicInvoice;
  person: Buffer | null;
  pdf_sha256: Buffer;
  trip_pdf_sha256: Buffer | null;
  terms: MerchantTerms;
}

const PRESENT = `
  SELECT o.id, o.order_id, o.appid, o.card_id, o.invoice, o.person, o.pdf_sha256, o.trip_pdf_sha256,
         jsonb_build_object('merchantId', m.id, 'issuerAppid', m.issuer_appid, 'appid', m.appid, 'cardId', m.card_id,
                            'strict', m.strict, 'relaxed', m.relaxed, 'pdfCheck', m.pdf_check) AS terms
    FROM orders o JOIN merchants m ON m.id = o.merchant_id WHERE o.merchant_id = $1 AND o.id = $2`;

/** `tripPdf`: undefined where it stays, null where it is dropped. */
function filesOf(changes: OrderChanges): { pdf?: Buffer; tripPdf?: Buffer | null } | { faults: Fault[] } {
  const { pdf: pdfText, trip_pdf: tripText } = changes;
  const pdf = pdfText === undefined ? undefined : decodeBase64(pdfText);
  const tripPdf = tripText === undefined || tripText === null ? tripText : decodeBase64(tripText);
  const faults = [
    ...(pdf === null ? [notBase64('/changes/pdf')] : []),
    ...(tripPdf === null && tripText !== null ? [notBase64('/changes/trip_pdf')] : []),
  ];
  return faults.length > 0 ? { faults } : { ...(pdf ? { pdf } : {}), tripPdf };
}

function amongChanges(one: Fault): Fault {
  return { ...one, pointer: `/changes${one.pointer}` };
}

/** What nobody can read cannot be carried over. */
function personLost(): Fault {
  const zh = '保存的个人数据无法解密，请重新给出 invoice 中的全部字段。';
  const en = 'The stored personal data cannot be opened: give every field of the invoice anew.';
  return fault('FIELD-MISSING', '/changes/invoice', zh, en);
}

/** Bytes that are no longer those that were accepted may not become a revision's. */
function damaged(part: string): Fault {
  const zh = `保存的文件已损坏，请重新给出 ${part}。`;
  return fault('FIELD-MISSING', `/changes/${part}`, zh, `The stored file is damaged: give ${part} anew.`);
}
