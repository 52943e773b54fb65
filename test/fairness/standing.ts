import { query } from '../support/databases';

/** How many statements wait for a lock. Asked outside any transaction, which would see the same until its end. */
export async function standing(databaseUrl: string): Promise<number> {
  const [row] = await query<{ n: number }>(
    databaseUrl,
    `SELECT count(*)::integer AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return row?.n as number;
}

export async function untilStanding(databaseUrl: string, count: number): Promise<void> {
  while ((await standing(databaseUrl)) < count) await new Promise((resume) => setTimeout(resume, 20));
}
