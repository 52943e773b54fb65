import { createHash } from 'node:crypto';
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, realpathSync, Stats, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** Where the server lives and as whom it runs. */
export interface Place {
  /** PGDATA. */
  cluster: string;
  /** What our processes keep about the server: password, port, log, lock and users. */
  run: string;
  /** A directory every account can enter; made by `claim` when something has to be put there. */
  spare: string;
  /** Undefined when the server runs as ourselves. */
  account?: Account;
}

export interface Account {
  name: string;
  uid: number;
  gid: number;
}

/**
 * PostgreSQL refuses to run as root, so root hands it to an account that exists already: the owner of existing data,
 * else `postgres`, else `nobody`. Such an account cannot enter a directory like /root (0700); what lies below one is
 * kept in `/var/tmp/piaoka-<hash of dataDir>` instead. Everyone else runs the server as themselves.
 */
export function choosePlace(dataDir: string, log: (line: string) => void): Place {
  const wanted = resolve(dataDir);
  if (mkdirSync(wanted, { recursive: true })) chmodSync(wanted, 0o755);
  const hash = createHash('sha256').update(wanted).digest('hex').slice(0, 12);
  const spare = join(existsSync('/var/tmp') ? '/var/tmp' : tmpdir(), `piaoka-${hash}`);
  const account = process.getuid?.() === 0 ? serverAccount([wanted, spare]) : undefined;
  if (!account || canEnter(wanted, account)) return placeIn(realpathSync(wanted), spare, account);
  log(
    `The account ${account.name}, as which root runs PostgreSQL, cannot enter ${wanted}: ` +
      `the data is in ${spare} instead (chmod o+x the directories above, or set DATA_DIR, to choose another place)`,
  );
  return placeIn(claim(spare), spare, account);
}

function serverAccount(homes: string[]): Account {
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name = '', , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }));
  const owners = homes.map((home) => statSync(join(home, 'postgres'), { throwIfNoEntry: false })?.uid);
  const found =
    accounts.find(({ uid }) => uid !== 0 && owners.includes(uid)) ??
    accounts.find(({ name }) => name === 'postgres') ??
    accounts.find(({ name }) => name === 'nobody');
  if (found) return found;
  throw new Error(
    'PostgreSQL cannot run as root and /etc/passwd has neither a postgres nor a nobody account: ' +
      'run Piaoka as an ordinary user, or set DATABASE_URL',
  );
}

/** Whether the account has the x bit on the path and on everything above it. */
export function canEnter(path: string, account: Account): boolean {
  const real = realpathSync(path);
  if (!executableBy(statSync(real), account)) return false;
  return dirname(real) === real || canEnter(dirname(real), account);
}

function executableBy({ mode, uid, gid }: Stats, account: Account): boolean {
  if (uid === account.uid) return (mode & 0o100) !== 0;
  if (gid === account.gid) return (mode & 0o010) !== 0;
  return (mode & 0o001) !== 0;
}

function placeIn(home: string, spare: string, account?: Account): Place {
  const run = join(home, 'postgres-run');
  if (mkdirSync(run, { recursive: true })) chmodSync(run, 0o755);
  return { cluster: join(home, 'postgres'), run, spare, account };
}

/** Anyone may write in /var/tmp: a directory that waits there under our name must be ours, or it is somebody's trap. */
export function claim(spare: string): string {
  if (mkdirSync(spare, { recursive: true })) chmodSync(spare, 0o755);
  const { uid, mode } = lstatSync(spare);
  const ours = process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);
  if (ours && lstatSync(spare).isDirectory()) return spare;
  throw new Error(
    `${spare} is not a directory that only this account can write: remove it, or set DATA_DIR or DATABASE_URL`,
  );
}

/** Options to start a program of the server: as its account, from a directory that account can enter. */
export function runAs(place: Place) {
  const { PATH, SystemRoot } = process.env;
  const identity = place.account && { uid: place.account.uid, gid: place.account.gid };
  // Our own environment stays out: it holds secrets, and PG* variables that would change the server.
  const env: NodeJS.ProcessEnv = { PATH, SystemRoot, LC_ALL: 'C', TZ: 'UTC' };
  return { ...identity, env, cwd: process.platform === 'win32' ? undefined : '/', windowsHide: true };
}
