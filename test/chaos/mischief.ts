import { setTimeout as sleep } from 'node:timers/promises';
import { Chance } from '../../src/sandbox/state/chance';
import { ChaosOptions } from './options';
import { Supervisor } from './supervisor';

type Deed = 'kill' | 'freeze' | 'crash';

export interface Mischief {
  /** From 0 to 1. */
  progress(): number;
  done: Promise<Record<Deed, number>>;
}

/** Everything that is done to the service, in an order drawn from the seed. */
export function startMischief(
  { kills, zombies, pgCrashes, seed }: ChaosOptions,
  leaseSeconds: number,
  supervisor: Supervisor,
  crashDatabase: (downMs: number) => Promise<void>,
): Mischief {
  const chance = new Chance(`mischief ${seed}`);
  const deeds = shuffled([...times(kills, 'kill'), ...times(zombies, 'freeze'), ...times(pgCrashes, 'crash')], chance);
  const done: Record<Deed, number> = { kill: 0, freeze: 0, crash: 0 };
  let begun = 0;
  const frozen: Promise<void>[] = [];

  /** Never fewer than half are up. */
  const victim = async (role?: 'worker') => {
    const draw = chance.next();
    for (;;) {
      const busy = supervisor.busy(role);
      if (busy.length > 0 && supervisor.alive().length * 2 >= supervisor.places.length)
        return busy[Math.floor(draw * busy.length)]!;
      await sleep(20);
    }
  };
  const run = async () => {
    for (const deed of deeds) {
      begun += 1;
      await sleep(chance.between(20, 250));
      if (deed === 'kill') supervisor.kill(await victim());
      else if (deed === 'crash') await crashDatabase(chance.between(0, 500));
      else frozen.push(supervisor.freeze(await victim('worker'), (leaseSeconds + 0.5 + 2 * chance.next()) * 1000));
      done[deed] += 1;
    }
    await Promise.all(frozen);
    return done;
  };
  return { progress: () => (deeds.length === 0 ? 1 : begun / deeds.length), done: run() };
}

function times(count: number, deed: Deed): Deed[] {
  return Array.from({ length: count }, () => deed);
}

function shuffled<T>(items: T[], chance: Chance): T[] {
  for (let last = items.length - 1; last > 0; last -= 1) {
    const other = chance.int(last + 1);
    [items[last], items[other]] = [items[other] as T, items[last] as T];
  }
  return items;
}
