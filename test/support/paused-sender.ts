import { subscribe } from 'node:diagnostics_channel';
import { setTimeout as sleep } from 'node:timers/promises';
import { Metrics } from '../../src/metrics';
import { json } from '../../src/wechat/client';
import { Transport } from '../../src/wechat/transport';

/**
 * A process of its own that sends until it is told to end, and that others pause: each request may leave within a few
 * milliseconds of its decision. Tells how many left in time, how many left late, and how many were kept back.
 */
const WITHIN_MS = 8;
/** From the look at the clock to the write, on a busy machine. */
const SLACK_MS = 4;

const figures = { inTime: 0, late: 0, kept: 0 };
let sendBefore = 0;
subscribe('undici:client:sendHeaders', () => {
  if (performance.now() > sendBefore + SLACK_MS) figures.late += 1;
  else figures.inTime += 1;
});

async function main(url: string): Promise<void> {
  const transport = new Transport(url, 1, new Metrics());
  let going = true;
  process.once('message', () => (going = false));
  process.send?.('ready');
  while (going) {
    await sleep(1);
    sendBefore = performance.now() + WITHIN_MS;
    const call = { method: 'POST' as const, path: '/x', contentType: 'application/json', body: json({}) };
    const sending = transport.call({ ...call, successField: null, timeoutMs: 60_000, sendBefore });
    const answer = await sending;
    if (answer.kind === 'no_answer' && answer.reason === 'too_late') figures.kept += 1;
  }
  await transport.close();
  process.send?.(figures, () => process.exit(0));
}

void main(process.argv[2] as string);
