import { ChaosOptions, readOptions } from './options';
import { ChaosResult, runChaos } from './run';
import { tellViolations } from './tell';

/** Without duplicate checks at WeChat these three must break; everything else must hold even then. */
const WITHOUT_DEDUPE = ['V1', 'V6', 'V8'];

/** `npm run chaos`: exits with 1 when a promise was broken. */
async function main(options: ChaosOptions): Promise<boolean> {
  const { orders, kills, faults, zombies, pgCrashes, workers, apis, seed } = options;
  say(
    `${orders} orders, ${kills} kills, ${zombies} zombies, ${pgCrashes} database crashes, faults ${faults}, ` +
      `${workers} workers, ${apis} apis, seed ${seed} (--seed ${seed} repeats it as far as timing allows)`,
  );
  const result = await runChaos(options, say);
  for (const [name, count] of Object.entries(result.figures)) say(`${String(count).padStart(9)}  ${name}`);
  say(
    `weather  ${Object.entries(result.weather)
      .map((entry) => entry.join(' '))
      .join(', ')}`,
  );
  return options.expectDuplicates ? duplicatesFound(result) : clean(result);
}

function clean({ violations, faults, logs }: ChaosResult): boolean {
  for (const fault of faults.slice(0, 20)) say(fault);
  if (violations.length > 0) say(tellViolations(violations));
  const passed = violations.length === 0 && faults.length === 0;
  say(
    passed ? 'every promise held' : `FAILED: ${violations.length} violations, ${faults.length} faults; logs in ${logs}`,
  );
  return passed;
}

function duplicatesFound({ violations, faults, figures, logs }: ChaosResult): boolean {
  const others = violations.filter(({ invariant }) => !WITHOUT_DEDUPE.includes(invariant));
  if (others.length > 0 || faults.length > 0) return clean({ violations: others, faults, logs } as ChaosResult);
  const found = figures.duplicates ?? 0;
  say(found > 0 ? `the checker bites: ${found} orders with a second card` : 'FAILED: no second card was found');
  return found > 0;
}

function say(line: string): void {
  console.log(line);
}

async function start(): Promise<boolean> {
  // By way of exit, which leaves nothing running.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  return main(readOptions(process.argv.slice(2), process.env));
}

start().then(
  (passed) => {
    process.exitCode = passed ? 0 : 1;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.stack : error);
    process.exitCode = 1;
  },
);
