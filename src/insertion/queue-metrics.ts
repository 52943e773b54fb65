import { DataSource } from 'typeorm';
import { asEngine } from '../data/statement';
import { Metrics } from '../metrics';
import { earlyDeaths } from '../wechat/early-deaths';

/** More than this many due rows are told as this many: counting must not cost more than working. */
const COUNTED = 100_000;

/** Rows that wait for a free hand, and how long the oldest has waited, in seconds. */
export interface Queue {
  depth: number;
  age: number;
}

/** The queues as they are when somebody looks: that of the insertions, and the others by their task. */
export function showQueues(
  metrics: Metrics,
  dataSource: DataSource,
  others: Record<string, (dataSource: DataSource) => Promise<Queue>>,
): void {
  const queues = Object.entries({ insertion: queue, ...others }).map(
    ([task, look]) => [task, metrics.shared(() => look(dataSource))] as const,
  );
  const read = async (figure: keyof Queue) => {
    const figures = await Promise.all(queues.map(async ([task, look]) => [task, (await look())[figure]]));
    return Object.fromEntries(figures) as Record<string, number>;
  };
  metrics.onScrape('piaoka_queue_depth', 'Due rows, up to 100,000', 'task', () => read('depth'));
  metrics.onScrape('piaoka_queue_age_seconds', 'Age of the oldest due row', 'task', () => read('age'));
  const tokenAges = metrics.shared(async () => {
    const rows = await dataSource.query<{ appid: string; age: number }[]>(
      `SELECT appid, extract(epoch FROM now() - fetched_at)::float8 AS age FROM wechat_tokens WHERE token IS NOT NULL`,
    );
    return Object.fromEntries(rows.map(({ appid, age }) => [appid, age]));
  });
  metrics.onScrape('piaoka_token_age_seconds', 'Age of the present access token', 'appid', tokenAges);
  const help =
    'Access tokens refused before their time within the last hour; from 3 on another system fetches them too';
  const deathsByAccount = metrics.shared(async () => {
    const deaths: Record<string, number> = {};
    for (const one of await earlyDeaths(dataSource)) deaths[one.appid] = (deaths[one.appid] ?? 0) + one.deaths;
    return deaths;
  });
  metrics.onScrape('piaoka_token_early_deaths', help, 'appid', deathsByAccount);
}

async function queue(dataSource: DataSource): Promise<Queue> {
  const { rows } = await asEngine(dataSource, (client) =>
    client.query<Queue>(
      `SELECT count(*)::integer AS depth, coalesce(extract(epoch FROM now() - min(due_at)), 0)::float8 AS age
         FROM (SELECT due_at FROM insertions WHERE due_at <= now() AND claimed_by IS NULL LIMIT ${COUNTED}) due`,
    ),
  );
  return rows[0] as Queue;
}
