import { IsIn, IsOptional, IsString, MaxLength, MinLength } from 'class-validator';
import { OperatorRole } from '../data/entities/operator';

const ROLES = ['viewer', 'operator', 'approver', 'administrator'];

/** A person or program that shall operate the platform. */
export class OperatorRequest {
  /** Its name, as the audit trail will show it */
  @IsString()
  @MinLength(1)
  @MaxLength(100)
  name!: string;
  /** viewer reads, operator acts on orders, approver is a second person, administrator also sets things up */
  @IsIn(ROLES)
  role!: OperatorRole;
  /** Why; kept in the audit trail */
  @IsOptional()
  @IsString()
  @MaxLength(500)
  reason?: string;
}

export class OperatorView {
  id!: string;
  name!: string;
  role!: OperatorRole;
  created_at!: string;
  revoked_at!: string | null;
  /** Who made it; null: the environment. Until 24 hours after its key was made the two are one person where two are needed */
  made_by!: string | null;
}

export class CreatedOperatorView extends OperatorView {
  /** Told once: Authorization: Bearer <key> */
  key!: string;
}

export class OperatorList {
  items!: OperatorView[];
}
