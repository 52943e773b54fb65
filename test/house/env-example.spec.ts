import { spawnSync } from 'node:child_process';
import { parseEnv } from 'node:util';
import { loadConfig, SETTINGS } from '../../src/config';
import { Setting } from '../../src/settings';
import { read, ROOT } from './repository';

const ALL = Object.entries(SETTINGS) as [string, Setting<unknown>][];
const KEY = Buffer.alloc(32, 7).toString('base64');

test('.env.example shows every setting in order, with its meaning and default', () => {
  const [, ...blocks] = read('.env.example').trimEnd().split('\n\n');
  expect(blocks).toEqual(ALL.map(([name, setting]) => block(name, setting)));
});

test('taken as it is, .env.example changes nothing', () => {
  const untouched = loadConfig({ MASTER_KEY: KEY });
  expect(loadConfig({ ...parseEnv(read('.env.example')), MASTER_KEY: KEY })).toEqual(untouched);
  // And the file is read at all.
  expect(parseEnv(read('.env.example')).PORT).toBe('3000');
});

test('a shell that sources it has the same settings, without a word', () => {
  const script = 'set -a; . ./.env.example; set +a; exec "$0" -e "console.log(JSON.stringify(process.env))"';
  const shell = spawnSync('sh', ['-euc', script, process.execPath], { cwd: ROOT, env: {}, encoding: 'utf8' });
  expect(shell.stderr).toBe('');
  const sourced = JSON.parse(shell.stdout) as Record<string, string>;
  const written = parseEnv(read('.env.example')) as Record<string, string>;
  expect(Object.fromEntries(Object.keys(written).map((name) => [name, sourced[name]]))).toEqual(written);
  expect(loadConfig({ ...sourced, MASTER_KEY: KEY })).toEqual(loadConfig({ MASTER_KEY: KEY }));
});

test.each(['README.md', 'README.zh-CN.md'])(
  '%s has the same settings, in the same order, with the same defaults',
  (file) => {
    const rows = [...read(file).matchAll(/^\| `([A-Z_]+)` \| (?:`([^`]*)`|—) \| (.+) \|$/gm)];
    expect(rows.map(([, name, byDefault]) => [name, byDefault ?? null])).toEqual(
      ALL.map(([name, { defaultText }]) => [name, defaultText]),
    );
  },
);

function block(name: string, { about, secret, defaultText }: Setting<unknown>): string {
  const value = defaultText === null ? `# ${name}=` : `${name}=${quoted(defaultText)}`;
  return [`# ${about}`, ...(secret ? [`# or the path of a file that holds it: ${name}_FILE`] : []), value].join('\n');
}

/** A shell splits at blanks and fills in stars. */
function quoted(value: string): string {
  return /^[\w.,:/+-]*$/.test(value) ? value : `'${value}'`;
}
