/**
 * The database cannot answer now: connections that broke or cannot be had, a full disk, a read-only server, a shutdown, a
 * statement that was cancelled. All pass, and all are worth repeating.
 */
export function databaseIsAway(error: unknown): boolean {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  if (/^(08|53|57|25006|55P03|40)/.test(code)) return true;
  return (
    /^(ECONN|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN)/.test(code) ||
    // The last: TypeORM, where the connection broke under a query that it had begun to prepare.
    /connect|connection|timeout|not queryable|query runner already released/i.test(message)
  );
}
