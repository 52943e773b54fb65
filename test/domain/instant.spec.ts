import { readInstant, readInstantOrDate } from '../../src/domain/instant';
import { toShanghai } from '../../src/domain/shanghai';

describe('times that callers give', () => {
  it.each([
    ['2026-11-20T10:00:00+08:00', '2026-11-20T02:00:00.000Z'],
    ['2026-11-20t10:00:00.25z', '2026-11-20T10:00:00.250Z'],
    ['2026-11-20T10:00Z', '2026-11-20T10:00:00.000Z'],
    ['2024-02-29', '2024-02-28T16:00:00.000Z'],
    ['9999-12-31T23:59:59+08:00', '9999-12-31T15:59:59.000Z'],
  ])('%s is %s', (text, instant) => {
    expect(readInstantOrDate(text)?.toISOString()).toBe(instant);
  });

  it.each([
    '+275760-09-13T00:00:00Z',
    '0000-01-01',
    '0000-01-01T00:00:00Z',
    '1899-12-31T00:00:00Z',
    '9999-12-31T23:59:59-14:00',
    '2026-02-30',
    '2026-02-30T00:00:00Z',
    '2026-11-20T24:00:00Z',
    '2026-11-20T10:00:60Z',
    '2026-11-20T10:00:00+99:00',
    '2026-11-20T10:00:00',
    'infinity',
    '',
  ])('%s is none', (text) => {
    expect(readInstantOrDate(text)).toBeNull();
  });

  it('a stored place in a list is read as PostgreSQL writes it', () => {
    expect(readInstant('2026-11-20 10:00:00.123456+00')?.toISOString()).toBe('2026-11-20T10:00:00.123Z');
    expect(readInstant('9999-99-99 99:99:99+00')).toBeNull();
  });
});

it('whatever is stored can be shown', () => {
  expect(toShanghai(new Date(8.64e15))).toBe('9999-12-31T23:59:59+08:00');
  expect(toShanghai(new Date(-8.64e15))).toMatch(/^0000-01-01T/);
});
