import { ApiProperty, PartialType } from '@nestjs/swagger';
import { IsString, MinLength } from 'class-validator';
import { InvoiceRequest } from './invoice.api';
import { FaultView } from './orders.api';

/** A file to be read. */
export class ReadRequest {
  /** PDF, OFD or XML, base64; what it is shows from its bytes */
  @IsString()
  @MinLength(1)
  file!: string;
}

/** The same as multipart/form-data. */
export class ReadForm {
  /** PDF, OFD or XML */
  @ApiProperty({ type: 'string', format: 'binary' })
  file!: unknown;
}

export class ReadInvoice extends PartialType(InvoiceRequest) {}

/** Where a field was read, and how surely. */
export class ProvenanceView {
  /** Document information keys, QR code or printed text of a PDF; an OFD's or XML's data */
  source!: 'info' | 'qr' | 'text' | 'capitals' | 'ofd' | 'xml';
  /** certain: from a field of its own or behind its label; likely: by its looks, or put together */
  confidence!: 'certain' | 'likely';
}

/** Train or flight of a ticket */
export class JourneyView {
  /** `G1234`, `CZ3101` */
  number!: string;
  from?: string;
  to?: string;
  /** Day of departure, `yyyy-MM-dd` */
  on?: string;
}

export class ReadView {
  format!: 'pdf' | 'ofd' | 'xml';
  /** What the paper is, where it is no invoice that a merchant issues */
  document?:
    | 'railway_ticket'
    | 'air_itinerary'
    | 'vehicle_invoice'
    | 'general_invoice'
    | 'fiscal_receipt'
    | 'trip_list'
    | 'utility_bill';
  journey?: JourneyView;
  /** As an order would carry it; what the file does not tell is absent */
  invoice!: ReadInvoice;
  /** By JSON pointer into this answer: `/invoice/fee` */
  @ApiProperty({
    type: 'object',
    additionalProperties: { $ref: '#/components/schemas/ProvenanceView' },
  })
  provenance!: Record<string, ProvenanceView>;
  /** What is doubtful, and what an order needs and the file does not tell */
  faults!: FaultView[];
}
