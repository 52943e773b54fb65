import { join } from 'node:path';
import { Start } from './contender';
import { Child } from './rpc';

export const startBare: Start = async (spec, { mockUrl }) => {
  const loop = new Child(join(__dirname, 'bare-main.js'));
  await loop.call('aim', { url: mockUrl, connections: spec.inFlight });
  return {
    processes: { worker: [loop.pid] },
    drive: (phase) => loop.call('run', phase),
    unfinished: async () => 0,
    recorded: async () => null,
    stop: async () => loop.end(),
  };
};
