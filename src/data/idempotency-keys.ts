import { DataSource } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { Sealer } from './sealed';

interface Request {
  caller: Buffer;
  key: string;
  requestSha256: Buffer;
}

interface Answer {
  status: number;
  location?: string;
  body: unknown;
}

type Begun =
  | { kind: 'begun'; id: string }
  | { kind: 'answered'; answer: Answer }
  | { kind: 'running' }
  | { kind: 'other_request' };

const DAY = `interval '24 hours'`;
/** Longer than a request may take. One that still runs then died with its process. */
const RUNNING = `interval '90 seconds'`;

/** Remembers for a day what was answered under an Idempotency-Key. */
export class IdempotencyKeys {
  constructor(
    private readonly dataSource: DataSource,
    private readonly sealer: Sealer,
  ) {}

  /** A request whose process died is begun again under the same id. */
  async begin({ caller, key, requestSha256 }: Request): Promise<Begun> {
    const begun = await this.dataSource.query<{ id: string }[]>(
      `INSERT INTO idempotency_keys AS k (caller, key, id, request_sha256, running_until)
       VALUES ($1, $2, $3, $4, now() + ${RUNNING})
       ON CONFLICT (caller, key) DO UPDATE
          SET id = CASE WHEN k.created_at < now() - ${DAY} THEN excluded.id ELSE k.id END,
              created_at = CASE WHEN k.created_at < now() - ${DAY} THEN now() ELSE k.created_at END,
              request_sha256 = excluded.request_sha256, running_until = excluded.running_until, answer = NULL
        WHERE k.created_at < now() - ${DAY}
           OR (k.answer IS NULL AND k.running_until < now() AND k.request_sha256 = excluded.request_sha256)
       RETURNING id`,
      [caller, key, uuidv7(), requestSha256],
    );
    if (begun[0]) return { kind: 'begun', id: begun[0].id };
    const [known] = await this.dataSource.query<{ id: string; request_sha256: Buffer; answer: Buffer | null }[]>(
      'SELECT id, request_sha256, answer FROM idempotency_keys WHERE caller = $1 AND key = $2',
      [caller, key],
    );
    if (known && !known.request_sha256.equals(requestSha256)) return { kind: 'other_request' };
    if (!known?.answer) return { kind: 'running' };
    return { kind: 'answered', answer: JSON.parse(this.sealer.open(known.answer, aad(known.id))) as Answer };
  }

  async finish({ caller, key }: Request, id: string, answer: Answer): Promise<void> {
    const sealed = this.sealer.seal(JSON.stringify(answer), aad(id));
    await this.dataSource.query('UPDATE idempotency_keys SET answer = $4 WHERE caller = $1 AND key = $2 AND id = $3', [
      caller,
      key,
      id,
      sealed,
    ]);
  }

  /** Nothing was done, so the key may be used again. */
  async forget({ caller, key }: Request, id: string): Promise<void> {
    await this.dataSource.query('DELETE FROM idempotency_keys WHERE caller = $1 AND key = $2 AND id = $3', [
      caller,
      key,
      id,
    ]);
  }

  async forgetOld(): Promise<void> {
    await this.dataSource.query(`DELETE FROM idempotency_keys WHERE created_at < now() - ${DAY}`);
  }
}

function aad(id: string): string {
  return `idempotency_keys|${id}`;
}
