import { readFileSync } from 'node:fs';
import { connect } from '../../src/data/data-source';
import { asEngine } from '../../src/data/statement';
import { makeLog } from '../../src/log';
import { driftOf } from '../../src/reconciliation/report-facts';
import { ReportMaker } from '../../src/reconciliation/report-maker';
import { lockQueued } from '../../src/reconciliation/reports.store';

/**
 * A process that makes the report that waits in the database of its first argument, and says how much memory it had at
 * most, in KiB. With `hold` as second argument it only reads the differences, and keeps them all.
 */
async function main([url, how]: string[]): Promise<void> {
  const dataSource = await connect(url as string);
  if (how === 'hold') {
    const held: unknown[] = [];
    await asEngine(dataSource, async (client) => {
      const report = await lockQueued(client);
      if (!report) throw new Error('no report waits');
      for await (const rows of driftOf(client, report)) held.push(...rows);
    });
    console.log(JSON.stringify({ held: held.length }));
  } else {
    const made = await new ReportMaker(dataSource, makeLog('error')).tick();
    console.log(JSON.stringify({ made, maxRssKiB: maxRssKiB() }));
  }
  await dataSource.destroy();
}

/** Where the kernel tells it: `ru_maxrss` counts what the parent held when it forked, too. */
function maxRssKiB(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS;
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'latin1'))?.[1]);
}

void main(process.argv.slice(2));
