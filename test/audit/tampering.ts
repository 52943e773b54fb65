import { Client, PoolClient } from 'pg';
import { AuditFinding, verifyAudit } from '../../src/audit/verify';

/** What a superuser does behind every trigger, then what the check says of it; nothing stays. */
export async function tamperedIn(
  url: string,
  act: (client: Client) => Promise<unknown>,
  keys: string[],
): Promise<AuditFinding[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    // The check wants a snapshot of its own from the start of the transaction.
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SET LOCAL session_replication_role = replica');
    await act(client);
    const within = {
      query: (text: string, values?: unknown[]) => (/^SET TRANSACTION/.test(text) ? null : client.query(text, values)),
    };
    return (await verifyAudit(within as unknown as PoolClient, keys)).findings;
  } finally {
    await client.query('ROLLBACK');
    await client.end();
  }
}
