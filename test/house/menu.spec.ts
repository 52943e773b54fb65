import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { read, ROOT } from './repository';

type Names = Record<string, string>;
interface Manifest {
  scripts: Names;
  dependencies: Names;
  optionalDependencies: Names;
  devDependencies: Names;
}
interface Lock {
  packages: Record<string, { resolved?: string; integrity?: string; link?: boolean }>;
}

const MANIFEST = JSON.parse(read('package.json')) as Manifest;

/** What a newcomer may count on; the README and the documentation name them. */
const MENU = ['start', 'dev', 'demo', 'sandbox', 'test', 'check', 'build', 'db:migrate', 'db:reset', 'db:check'];

test('the menu of npm scripts is whole', () => {
  expect(Object.keys(MANIFEST.scripts)).toEqual(expect.arrayContaining(MENU));
});

test('whatever a script runs, it first installs and builds what is missing, then gives its place to the program', () => {
  const runs = Object.entries(MANIFEST.scripts).filter(([, command]) => command.includes('dist/src/'));
  expect(runs.map(([name]) => name)).toEqual(expect.arrayContaining(['start', 'demo', 'sandbox', 'db:migrate']));
  for (const [name, command] of runs) {
    // Without `exec` a shell would stand between npm and the program: `kill` would end the shell alone.
    expect([name, command]).toEqual([name, expect.stringMatching(/^node src\/ready\.mjs && exec node /)]);
    const source = /dist\/(src\/[\w/-]+)\.js/.exec(command)?.[1];
    expect([name, existsSync(join(ROOT, `${source}.ts`))]).toEqual([name, true]);
  }
});

test('versions are exact: two machines run the same code, and a new version is a commit that can be read', () => {
  const { dependencies, optionalDependencies, devDependencies } = MANIFEST;
  expect(inexact({ a: '^1.2.3', b: '1.2', c: 'latest', d: '1.2.3', e: '18.4.0-beta.17' })).toEqual(['a', 'b', 'c']);
  expect(inexact({ ...dependencies, ...optionalDependencies, ...devDependencies })).toEqual([]);
});

test('the lock names contents, not addresses: whoever has a mirror installs from it', () => {
  expect(
    addressed({ 'node_modules/a': { resolved: 'x', integrity: 'y' }, 'node_modules/b': { integrity: 'y' } }),
  ).toEqual(['node_modules/a']);
  const { packages } = JSON.parse(read('package-lock.json')) as Lock;
  expect(addressed(packages)).toEqual([]);
  const unpinned = Object.entries(packages).filter(([path, { integrity }]) => path !== '' && !integrity);
  expect(unpinned.map(([path]) => path)).toEqual([]);
});

function inexact(versions: Names): string[] {
  return Object.keys(versions).filter((name) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(versions[name] as string));
}

function addressed(packages: Lock['packages']): string[] {
  return Object.keys(packages).filter((path) => packages[path]?.resolved !== undefined);
}
