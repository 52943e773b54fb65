import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

/** The checkout, wherever the compiled tests lie. */
export const ROOT = rootAbove(process.cwd()) ?? rootAbove(__dirname) ?? missing();

export function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** Paths of the files below `folder` whose name `fits`, from the root of the checkout, with slashes. */
export function filesBelow(folder: string, fits: RegExp): string[] {
  const entries = readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && fits.test(entry.name))
    .map(({ parentPath, name }) => relative(ROOT, join(parentPath, name)).split(sep).join('/'))
    .sort();
}

function rootAbove(path: string): string | undefined {
  const manifest = join(path, 'package.json');
  if (existsSync(manifest) && (JSON.parse(readFileSync(manifest, 'utf8')) as { name?: string }).name === 'piaoka') {
    return path;
  }
  return dirname(path) === path ? undefined : rootAbove(dirname(path));
}

function missing(): never {
  throw new Error('these tests read the files of the checkout: run them from inside it');
}
