import { ApiProperty } from '@nestjs/swagger';

/** One fault of a request. */
export class ProblemFault {
  /** Where it stands: a JSON pointer (RFC 6901), or the name of a query parameter */
  pointer!: string;
  code!: string;
  message!: string;
  message_en!: string;
  severity!: 'error' | 'warning';
}

/** What went wrong, as application/problem+json (RFC 9457). */
export class ProblemAnswer {
  /** The page of the code, relative to this installation */
  @ApiProperty({ format: 'uri-reference' })
  type!: string;
  title!: string;
  title_en!: string;
  @ApiProperty({ type: 'integer' })
  status!: number;
  /** What to decide by: GET /v1/rules lists all of them */
  code!: string;
  detail?: string;
  detail_en?: string;
  request_id!: string;
  /** What WeChat said, word for word */
  @ApiProperty({ required: false, type: 'integer' })
  errcode?: number;
  errmsg?: string;
  /** Every fault at once */
  errors?: ProblemFault[];
}
