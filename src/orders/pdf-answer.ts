import { FastifyReply } from 'fastify';
import { fault } from '../domain/fault';
import { Problem } from '../http/problems';
import { Query } from '../http/query';

export type PdfPart = 'pdf' | 'trip_pdf';

/** `?part=`, the invoice's own PDF where it is not named. */
export function readPart({ part = 'pdf' }: Query): PdfPart {
  if (part === 'pdf' || part === 'trip_pdf') return part;
  const faults = [fault('QUERY-PARAMETER', '?part', '只能是 pdf 或 trip_pdf。', 'Must be pdf or trip_pdf.')];
  throw new Problem('invalid_query', { faults });
}

/** Answers with a stored PDF, to be kept and never to be run by a browser. */
export async function answerPdf(reply: FastifyReply, pdf: Buffer | null, part: PdfPart): Promise<void> {
  if (!pdf) throw new Problem('not_found');
  await reply
    .header('content-type', 'application/pdf')
    .header('cache-control', 'no-store')
    .header('x-content-type-options', 'nosniff')
    .header('content-disposition', `attachment; filename="${part === 'pdf' ? 'invoice' : 'trip'}.pdf"`)
    .send(pdf);
}
