import { createHash, randomBytes } from 'node:crypto';
import { PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { Operator, OperatorRole } from '../data/entities/operator';
import { Asking, Judged } from '../http/wrong-keys';

const RANKS: Record<OperatorRole, number> = { viewer: 0, operator: 1, approver: 2, administrator: 3 };

/** An operator as it is listed; never a key. */
export interface OperatorRow {
  id: string;
  name: string;
  role: OperatorRole;
  created_at: Date;
  revoked_at: Date | null;
  /** Name of who made it; null: the environment. */
  made_by: string | null;
}

/** People and programs that operate the platform. */
export class Operators {
  constructor(private readonly dataSource: DataSource) {}

  /** The operator of a key. */
  async judge(key: string, asking: Asking): Promise<Judged<Operator>> {
    const operators = this.dataSource.getRepository(Operator);
    const owner = await asking(() => operators.findOneBy({ keySha256: sha256(key) }));
    if (!owner) return { wrong: 'unknown' };
    return owner.revokedAt ? { wrong: 'revoked' } : { owner };
  }
}

const COLUMNS = `id, name, role, created_at, revoked_at, (SELECT m.name FROM operators m WHERE m.id = o.made_by) AS made_by`;

/** All operators, in the order in which they came. */
export async function listOperators(client: PoolClient): Promise<OperatorRow[]> {
  return (await client.query<OperatorRow>(`SELECT ${COLUMNS} FROM operators o ORDER BY created_at, id`)).rows;
}

/** Those of revoked ones too: the trail has them. Until its end no other transaction makes a new one. */
export async function operatorNames(client: PoolClient): Promise<string[]> {
  await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('operators', 0))`);
  return (await client.query<{ name: string }>('SELECT name FROM operators')).rows.map(({ name }) => name);
}

/** A new operator with its key, which is told this once, to its maker; null where the name is taken. */
export async function createOperator(
  client: PoolClient,
  { id, name, role, madeBy }: { id: string; name: string; role: OperatorRole; madeBy: string },
): Promise<{ row: OperatorRow; secret: string } | null> {
  const secret = `pk_op_${randomBytes(24).toString('hex')}`;
  const { rows } = await client.query<OperatorRow>(
    `INSERT INTO operators AS o (id, name, role, key_sha256, made_by) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT DO NOTHING RETURNING ${COLUMNS}`,
    [id, name, role, sha256(secret), madeBy],
  );
  return rows[0] ? { row: rows[0], secret } : null;
}

/** Its key is taken no more; what it did stays on record. Null: there is no such operator with a live key. */
export async function revokeOperator(client: PoolClient, id: string): Promise<OperatorRow | null> {
  const { rows } = await client.query<OperatorRow>(
    `UPDATE operators o SET revoked_at = clock_timestamp() WHERE id = $1 AND revoked_at IS NULL RETURNING ${COLUMNS}`,
    [id],
  );
  return rows[0] ?? null;
}

export function mayActAs({ role }: Pick<Operator, 'role'>, least: OperatorRole): boolean {
  return RANKS[role] >= RANKS[least];
}

function sha256(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
