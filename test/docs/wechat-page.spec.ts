import { KNOWN_EVENTS } from '../../src/callbacks/receive';
import { defaultProfile } from '../../src/sandbox/state/profile';
import { WIRE_PATHS } from '../../src/wechat/wire';
import { filesBelow, read } from '../house/repository';
import { titlesIn, untrue } from './stories';

const PAGE = read('docs/wechat.md');
const ROW = '| `/x` | issuer | asked | ';

test('every test that a page of the documentation names is there, under the title that is quoted', () => {
  for (const page of filesBelow('docs', /\.md$/)) expect([page, untrue(read(page))]).toEqual([page, []]);
});

test('every endpoint that is called, every event and every question of the simulated WeChat has its row', () => {
  const rows = PAGE.split('\n').filter((line) => line.startsWith('|'));
  const profile = Object.keys(defaultProfile());
  const missing = [...Object.values(WIRE_PATHS), ...KNOWN_EVENTS, ...profile].filter(
    (name) => !rows.some((row) => row.includes(`\`${name}\``)),
  );
  expect(missing).toEqual([]);
});

test.each([
  ['a file that is not there', '`test/wechat/nothing.spec.ts` “x”', ['test/wechat/nothing.spec.ts is not there']],
  ['a folder that is not there', '`test/nothing/` “x”', ['test/nothing/ is not there']],
  [
    'a title that is another file’s',
    '`test/wechat/signatures.spec.ts` “cardSign sorts its values by their bytes”, “asks how large an upload may be”',
    ['test/wechat/signatures.spec.ts has no “asks how large an upload may be”'],
  ],
  [
    'a row without a title',
    '`test/wechat/signatures.spec.ts`',
    ['no title in: | `/x` | issuer | asked | `test/wechat/signatures.spec.ts` |'],
  ],
])('%s is found', (_, cell, found) => {
  const page = (shown: string) =>
    `| endpoint | account | what | shown by |\n|---|---|---|---|\n${ROW}${shown} |\n\ntext`;
  expect(untrue(page('`test/wechat/signatures.spec.ts` “cardSign sorts its values by their bytes”'))).toEqual([]);
  expect(untrue(page(cell))).toEqual(found);
});

test('titles are what tests are called, not what they say', () => {
  const source =
    "it(\n 'a’s b', async () => { expect('c').toBe('d'); });\nit.each([['e', 1]])(`f ${N} g`, (_, n) => n);";
  expect([...titlesIn(source)]).toEqual(['a’s b', 'f … g']);
});
