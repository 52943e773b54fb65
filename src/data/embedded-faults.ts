/** What went wrong, in the words of PostgreSQL, Node or the kernel, and what its reader can do about it. */
const ADVICE: [RegExp, (place: string) => string][] = [
  [
    /ENOSPC|No space left on device|EDQUOT|Disk quota exceeded/,
    (place) => `The disk of ${place} is full: free some space and start again`,
  ],
  [
    /could not look up effective user ID/,
    () =>
      'The account that runs Piaoka has no entry in /etc/passwd, which PostgreSQL needs: add one, or set DATABASE_URL',
  ],
  [
    /^spawn .* (EPERM|EACCES)|^spawn (EPERM|EACCES)/,
    () => 'The PostgreSQL programs may not be run here: allow it, run Piaoka as an ordinary user, or set DATABASE_URL',
  ],
  [
    /^spawn |cannot execute|error while loading shared libraries|GLIBC/,
    () => 'The PostgreSQL programs do not run on this system (they need glibc on Linux): set DATABASE_URL',
  ],
  [
    /EACCES|EPERM|EROFS|Permission denied|Read-only file system|wrong ownership/,
    (place) =>
      `PostgreSQL or Piaoka may not use ${place}: make it the property of its account, or set another DATA_DIR`,
  ],
  [
    /incompatible with server|was initialized by PostgreSQL version/,
    (place) =>
      `The data in ${place} is of another PostgreSQL version: start with the programs that made it, or DATABASE_URL`,
  ],
  [
    /could not (create|map|resize) .*shared memory|Cannot allocate memory/,
    () => 'There is too little memory for PostgreSQL: give this machine more, or set DATABASE_URL',
  ],
  [
    /administrative permissions is not/,
    () => 'PostgreSQL does not run with administrator rights: run Piaoka as an ordinary user, or set DATABASE_URL',
  ],
];

/** One sentence that says what to do; what was caught is its cause. */
export function explained(error: unknown, place: string): Error {
  const message = error instanceof Error ? error.message : String(error);
  const advice = ADVICE.find(([pattern]) => pattern.test(message));
  return new Error(advice ? advice[1](place) : message, { cause: error });
}
