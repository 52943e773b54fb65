import { parseArgs } from 'node:util';
import { loadConfig } from '../config';
import { openDatabase } from '../data/open-database';
import { doubtAtWord } from './restored';

const USAGE = `数据库由备份恢复后、启动服务前运行。Run it after a restore, before the service starts:
  npm run db:restored -- --reason "..."`;

/** `npm run db:restored`: every open order becomes doubtful, as after a restore that the service sees by itself. */
async function main(): Promise<void> {
  const { reason } = parseArgs({ options: { reason: { type: 'string' } } }).values;
  if (!reason?.trim()) throw new Error(USAGE);
  const config = loadConfig(process.env);
  const database = await openDatabase({ ...config, MIGRATE_ON_START: true }, () => undefined);
  try {
    const orders = await doubtAtWord(database.dataSource, config.IN_DOUBT_QUIET_SECONDS, reason.trim());
    process.stdout.write(`${orders} 个未结订单已标记为存疑。${orders} open orders are doubtful now.\n`);
  } finally {
    await database.close();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 2;
});
