import { DataSource } from 'typeorm';
import { asEngine } from '../data/statement';
import { Metrics } from '../metrics';

/** More than this many due rows are told as this many: counting must not cost more than working. */
const COUNTED = 100_000;

/** The queue as it is when somebody looks: rows due, and how long the oldest has waited. */
export function showQueue(metrics: Metrics, dataSource: DataSource): void {
  metrics.onScrape('piaoka_queue_depth', 'Due orders, up to 100,000', 'task', async () => {
    return { insertion: (await queue(dataSource)).depth };
  });
  metrics.onScrape('piaoka_queue_age_seconds', 'Age of the oldest due order', 'task', async () => {
    return { insertion: (await queue(dataSource)).age };
  });
  metrics.onScrape('piaoka_token_age_seconds', 'Age of the present access token', 'appid', async () => {
    const rows = await dataSource.query<{ appid: string; age: number }[]>(
      `SELECT appid, extract(epoch FROM now() - fetched_at)::float8 AS age FROM wechat_tokens WHERE token IS NOT NULL`,
    );
    return Object.fromEntries(rows.map(({ appid, age }) => [appid, age]));
  });
}

async function queue(dataSource: DataSource): Promise<{ depth: number; age: number }> {
  const { rows } = await asEngine(dataSource, (client) =>
    client.query<{ depth: number; age: number }>(
      `SELECT count(*)::integer AS depth, coalesce(extract(epoch FROM now() - min(due_at)), 0)::float8 AS age
         FROM (SELECT due_at FROM insertions WHERE due_at <= now() AND claimed_by IS NULL LIMIT ${COUNTED}) due`,
    ),
  );
  return rows[0] as { depth: number; age: number };
}
