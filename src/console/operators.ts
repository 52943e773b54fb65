import { createHash } from 'node:crypto';
import { DataSource, IsNull } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { Config } from '../config';
import { Operator, OperatorRole } from '../data/entities/operator';

const RANKS: Record<OperatorRole, number> = { viewer: 0, operator: 1, approver: 2, administrator: 3 };
const BOOTSTRAP = 'bootstrap administrator';

/** People and programs that operate the platform. */
export class Operators {
  constructor(private readonly dataSource: DataSource) {}

  /** Applied at each start; a changed key replaces the one before. The key is one administrator, not two persons. */
  async bootstrap({ BOOTSTRAP_ADMIN_KEY: key }: Config): Promise<void> {
    if (!key) return;
    await this.dataSource.query(
      `INSERT INTO operators (id, name, role, key_sha256) VALUES ($1, $2, 'administrator', $3)
       ON CONFLICT (name) DO UPDATE SET key_sha256 = $3, revoked_at = NULL`,
      [uuidv7(), BOOTSTRAP, sha256(key)],
    );
  }

  async operatorOf(key: string): Promise<Operator | null> {
    return this.dataSource.getRepository(Operator).findOneBy({ keySha256: sha256(key), revokedAt: IsNull() });
  }
}

export function mayActAs(operator: Operator, role: OperatorRole): boolean {
  return RANKS[operator.role] >= RANKS[role];
}

function sha256(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
