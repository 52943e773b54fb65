import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { at, codes, digital, legacy } from './invoices';

const NEW_YEAR = at('2026-01-01T00:00:00+08:00');
const HOUR = 3600;

/** Every case as [what, number, issued, now, expected]. */
const CASES: [string, string, number, number, string[]][] = [
  ['number of 25, issued in the last second of 2025', '25312000000183259524', NEW_YEAR - 1, NEW_YEAR - 1, []],
  ['number of 26, issued in the first second of 2026', '26312000000183259524', NEW_YEAR, NEW_YEAR, []],
  [
    'number of 25, issued in the first second of 2026',
    '25312000000183259524',
    NEW_YEAR,
    NEW_YEAR,
    ['INVOICE-NUMBER-03'],
  ],
  [
    'number of 26, issued in the last second of 2025',
    '26312000000183259524',
    NEW_YEAR - 1,
    NEW_YEAR,
    ['INVOICE-NUMBER-03'],
  ],
  ['number of 26 while it is still 2025', '26312000000183259524', NEW_YEAR - 1, NEW_YEAR - 601, ['INVOICE-NUMBER-02']],
  ['the same ten minutes before midnight', '26312000000183259524', NEW_YEAR - 1, NEW_YEAR - 600, ['INVOICE-NUMBER-03']],
  ['a clock ahead of ours, in the new year already', '26312000000183259524', NEW_YEAR + 30, NEW_YEAR - 30, []],
  ['the eight hours in which UTC says 2025', '26312000000183259524', NEW_YEAR + 8 * HOUR - 1, NEW_YEAR + 8 * HOUR, []],
  ['a late insert of last year’s invoice', '25312000000183259524', NEW_YEAR - 1, NEW_YEAR + 8 * HOUR, []],
];

describe('around New Year in UTC+8', () => {
  it.each(CASES)('%s', (_what, number, issuedAt, now, expected) => {
    expect(codes(digital({ number, issuedAt }), now)).toEqual(expected);
  });

  it('a legacy code of the new year needs the new year', () => {
    const code = '031002600111';
    expect(codes(legacy({ code, issuedAt: NEW_YEAR }), NEW_YEAR)).toEqual([]);
    expect(codes(legacy({ code, issuedAt: NEW_YEAR - 1 }), NEW_YEAR)).toEqual(['INVOICE-CODE-07']);
  });

  it.each(['America/Los_Angeles', 'Asia/Shanghai', 'Pacific/Kiritimati', 'UTC'])(
    'judges the same under TZ=%s',
    (zone) => {
      const program = `
      const { codes, digital } = require(${JSON.stringify(join(__dirname, 'invoices.js'))});
      const cases = ${JSON.stringify(CASES)};
      const found = cases.map(([, number, issuedAt, now]) => codes(digital({ number, issuedAt }), now));
      process.stdout.write(JSON.stringify([new Date(0).getTimezoneOffset(), found]));`;
      const output = execFileSync(process.execPath, ['-e', program], {
        env: { ...process.env, TZ: zone },
        encoding: 'utf8',
      });
      const [offset, found] = JSON.parse(output) as [number, string[][]];
      expect(found).toEqual(CASES.map(([, , , , expected]) => expected));
      expect(offset === 0).toBe(zone === 'UTC');
    },
  );
});
