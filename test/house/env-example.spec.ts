import { parseEnv } from 'node:util';
import { loadConfig, SETTINGS } from '../../src/config';
import { Setting } from '../../src/settings';
import { read } from './repository';

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
  const value = defaultText === null ? `# ${name}=` : `${name}=${defaultText}`;
  return [`# ${about}`, ...(secret ? [`# or the path of a file that holds it: ${name}_FILE`] : []), value].join('\n');
}
