import { IsOptional, IsString, MaxLength, MinLength } from 'class-validator';

export class CancellationRequest {
  /** Why the invoice was cancelled; kept in the audit trail */
  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(500)
  reason?: string;
}

export class CancellationView {
  /** pending: WeChat has not answered clearly and is told again */
  state!: 'pending' | 'done' | 'refused';
  reason?: string;
  requested_at!: string;
  /** When WeChat is told again */
  next_attempt_at?: string;
  errcode?: number;
  errmsg?: string;
}
