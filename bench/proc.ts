import { readdirSync, readFileSync } from 'node:fs';

/** Linux gives times in /proc in hundredths of a second, whatever the kernel's own tick. */
const TICK_US = 10_000;
const PAGE_BYTES = 4096;

interface Stat {
  parent: number;
  /** CPU time of the process, and of its children that have ended and been waited for. */
  cpuUs: number;
  rssBytes: number;
}

/** CPU time in µs of these processes and all their descendants. */
export function cpuOf(pids: readonly number[]): number {
  return descendants(pids).reduce((sum, { cpuUs }) => sum + cpuUs, 0);
}

/** Resident memory of these processes alone, in MiB. */
export function rssOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + (readStat(pid)?.rssBytes ?? 0), 0) / 2 ** 20;
}

/** CPU time in µs that all processors have spent on anything. */
export function machineCpu(): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = readFileSync('/proc/stat', 'latin1')
    .split('\n', 1)
    .flatMap((line) => line.trim().split(/\s+/).slice(1).map(Number));
  return (user + nice + system + irq + softirq) * TICK_US;
}

function descendants(roots: readonly number[]): Stat[] {
  const all = new Map<number, Stat>();
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? readStat(Number(name)) : null;
    if (stat) all.set(Number(name), stat);
  }
  const belongs = (pid: number): boolean => roots.includes(pid) || (all.has(pid) && belongs(all.get(pid)?.parent ?? 0));
  return [...all].filter(([pid]) => belongs(pid)).map(([, stat]) => stat);
}

function readStat(pid: number): Stat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field is the program's name in brackets, and may itself hold blanks and brackets.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const [utime = 0, stime = 0, endedUser = 0, endedSystem = 0] = fields.slice(11, 15).map(Number);
    return {
      parent: Number(fields[1]),
      cpuUs: (utime + stime + endedUser + endedSystem) * TICK_US,
      rssBytes: Number(fields[21]) * PAGE_BYTES,
    };
  } catch {
    return null;
  }
}
