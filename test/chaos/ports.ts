import { createServer } from 'node:net';
import { Chance } from '../../src/sandbox/state/chance';

/** Ports that are free now, below the ephemeral ones: a restarted process finds its own free again. */
export async function freePorts(count: number, chance: Chance): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = chance.between(25_500, 32_000);
    if (await isFree(port)) ports.add(port);
  }
  return [...ports];
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
