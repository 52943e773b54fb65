import { ApiProperty } from '@nestjs/swagger';
import { IsString, MaxLength, MinLength } from 'class-validator';
import { PUSH_STATES, PushState } from '../callbacks/kept';

export class PushView {
  id!: string;
  /** The account it came to */
  appid!: string;
  /** WeChat's Event or InfoType; unreadable where the text is no document of fields */
  event!: string;
  /** false: plain mode, whose signature does not cover the body */
  encrypted!: boolean;
  /** received · parked: fits nothing yet, looked at again for seven days · unreadable: waits for a person · done · expired */
  @ApiProperty({ enum: PUSH_STATES })
  state!: PushState;
  outcome!: string | null;
  tries!: number;
  received_at!: string;
  processed_at!: string | null;
}

export class PushPage {
  items!: PushView[];
  next_cursor!: string | null;
  has_more!: boolean;
}

export class PushContentView extends PushView {
  /** What it says, field by field; the text itself, as `unreadable`, where nobody could read it; empty with outcome sealed_value_lost where it cannot be opened; secrets as *** */
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' } })
  says!: Record<string, string>;
}

/** What a person did about a push that nobody could read */
export class PushResolution {
  /** Kept in the audit trail */
  @IsString()
  @MinLength(1)
  @MaxLength(500)
  reason!: string;
}
