import { Pool } from 'pg';
import { Logger as GraphileLogger, run, Runner, Task } from 'graphile-worker';
import { DataSource } from 'typeorm';
import { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver';
import { Log } from './log';

/** Every recurring job, in cron's words (UTC), one run per cluster. */
const CRONTAB = `
  30 2 * * * make_partitions
`;

const TASKS: Record<string, (dataSource: DataSource) => Promise<unknown>> = {
  /** Months ahead: a month without a partition would fall into the default partition, which never moves. */
  make_partitions: (dataSource) => dataSource.query('SELECT piaoka_make_partitions(3)'),
};

/** Runs the recurring jobs on connections of the service's own pool. */
export function startSchedule(dataSource: DataSource, log: Log): Promise<Runner> {
  const tasks = Object.entries(TASKS).map(([name, work]): [string, Task] => [
    name,
    async () => void (await work(dataSource)),
  ]);
  return run({
    pgPool: (dataSource.driver as PostgresDriver).master as Pool,
    crontab: CRONTAB,
    taskList: Object.fromEntries(tasks),
    concurrency: 2,
    pollInterval: 10_000,
    noHandleSignals: true,
    logger: new GraphileLogger(() => (level, message) => {
      if (String(level) === 'error') log.error({ job: 'schedule' }, message.slice(0, 200));
    }),
  });
}
