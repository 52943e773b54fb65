import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const PAUSES = process.env.LONG ? 600 : 80;

jest.setTimeout(process.env.LONG ? 600_000 : 60_000);

test(`a process that is paused ${PAUSES} times sends nothing after its time`, async () => {
  // Each answer closes its connection: whoever sends has to wait for a new one, and is paused there too.
  const server = createServer((_, response) => {
    response.setHeader('connection', 'close');
    response.end('{"errcode":0}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const sender = fork(join(__dirname, '..', 'support', 'paused-sender.js'), [`http://127.0.0.1:${port}`]);
  try {
    await once(sender, 'message');
    for (let n = 0; n < PAUSES; n += 1) {
      await sleep(2 + (n % 7));
      sender.kill('SIGSTOP');
      await sleep(20);
      sender.kill('SIGCONT');
    }
    const told = once(sender, 'message');
    sender.send('end');
    const [figures] = (await told) as [{ inTime: number; late: number; kept: number }];
    // Pauses did fall between decision and write, and what they kept was kept back.
    expect(figures.kept).toBeGreaterThan(0);
    expect(figures.inTime).toBeGreaterThan(0);
    // Not even the last look at the clock is the write itself: one pause in thousands may fall between.
    expect(figures.late).toBeLessThanOrEqual(1);
  } finally {
    sender.kill('SIGKILL');
    server.close();
  }
});
