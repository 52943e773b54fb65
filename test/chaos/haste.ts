import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';

/**
 * Waits of half a minute and more that do not guard anything (45011: next minute; 72036: soon; no token; the canary of a
 * held account) are cut short, as if time had passed. Quiet periods are never touched: what is in doubt goes only after
 * long more than one.
 */
const HASTEN = `
  UPDATE insertions SET due_at = clock_timestamp()
   WHERE claimed_by IS NULL AND due_at > clock_timestamp() + interval '3 s'
     AND (state IN ('accepted', 'uploaded')
          OR state = 'in_doubt' AND updated_at < clock_timestamp() - make_interval(secs => $1))`;

const HASTEN_CANARIES = `
  UPDATE holds SET next_canary_at = clock_timestamp()
   WHERE lifted_at IS NULL AND next_canary_at > clock_timestamp() + interval '3 s'`;

/** Keeps cutting waits short until it is told to stop. */
export function startHaste(url: () => string, quietSeconds: number): { stop(): Promise<void> } {
  let stopped = false;
  const run = async () => {
    while (!stopped) {
      const client = new Client({ connectionString: url() });
      client.on('error', () => undefined);
      try {
        await client.connect();
        while (!stopped) {
          await client.query(HASTEN, [quietSeconds * 3]);
          await client.query(HASTEN_CANARIES);
          await sleep(500);
        }
      } catch {
        // The database was crashed: a new connection, soon.
        await sleep(200);
      } finally {
        await client.end().catch(() => undefined);
      }
    }
  };
  const running = run();
  return {
    stop: () => {
      stopped = true;
      return running;
    },
  };
}
