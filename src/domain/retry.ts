/** Waits between tries, in seconds, as a readable list: `5s,1m,10m,1h,6h,12h`. */
export type Schedule = readonly number[];

/** The wait after the n-th counted failure (n from 1); undefined when the schedule is used up. `jitter` in [0, 1). */
export function waitAfter(schedule: Schedule, n: number, jitter: number): number | undefined {
  const wait = schedule[n - 1];
  return wait === undefined ? undefined : wait * (1 + jitter * 0.2);
}

/** While an authorisation is awaited insert is sent again after 1, 5, 15, 60 minutes, then hourly. */
const AUTHORIZATION_CHECKS: Schedule = [60, 300, 900, 3600];

export function waitForAuthorization(checks: number): number {
  return AUTHORIZATION_CHECKS[checks] ?? 3600;
}
