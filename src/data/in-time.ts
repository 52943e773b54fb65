import { setTimeout as sleep } from 'node:timers/promises';

/** Whether the work ended within so many milliseconds; it goes on otherwise, and nobody waits for it. */
export async function inTime(work: Promise<unknown>, ms: number): Promise<boolean> {
  const ended = new AbortController();
  const late = sleep(ms, false, { signal: ended.signal }).catch(() => false);
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    ended.abort();
  }
}
