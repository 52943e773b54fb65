import { KeyHolder, speakerForBoth } from '../../src/domain/one-person';

const NOW = new Date('2026-12-01T12:00:00Z');

/** `Anna`, made by `Bob` so many hours ago: ['Anna', 'Bob', 3]. */
type Made = [name: string, by: string | null, hoursAgo: number];

function speaker(one: string, other: string, ...made: Made[]): string | null {
  const all = new Map<string, KeyHolder>(
    made.map(([name, madeBy, ago]) => [
      name,
      { id: name, name, madeBy, keyMadeAt: new Date(NOW.getTime() - ago * 3_600_000) },
    ]),
  );
  const found = speakerForBoth(all.get(one) as KeyHolder, all.get(other) as KeyHolder, all, NOW);
  return found && `${found.name} ${(found.until.getTime() - NOW.getTime()) / 3_600_000}`;
}

const A: Made = ['A', null, 900];

test('whoever made a key speaks for it for a day, whichever of the two is first', () => {
  expect(speaker('A', 'B', A, ['B', 'A', 1])).toBe('A 23');
  expect(speaker('B', 'A', A, ['B', 'A', 1])).toBe('A 23');
  expect(speaker('A', 'B', A, ['B', 'A', 23.9])).not.toBeNull();
  expect(speaker('A', 'B', A, ['B', 'A', 24])).toBeNull();
});

test('so does who made its maker, until either link is a day old', () => {
  expect(speaker('A', 'C', A, ['B', 'A', 2], ['C', 'B', 1])).toBe('A 23');
  expect(speaker('A', 'C', A, ['B', 'A', 100], ['C', 'B', 1])).toBe('A 23');
  // B's own key was made anew after C's.
  expect(speaker('A', 'C', A, ['B', 'A', 1], ['C', 'B', 100])).toBe('A 23');
  expect(speaker('A', 'C', A, ['B', 'A', 100], ['C', 'B', 100])).toBeNull();
});

test('two whom a third made today are that third', () => {
  expect(speaker('B', 'C', A, ['B', 'A', 2], ['C', 'A', 5])).toBe('A 19');
  expect(speaker('B', 'C', A, ['B', 'A', 2], ['C', 'A', 30])).toBeNull();
  expect(speaker('D', 'C', A, ['B', 'A', 30], ['C', 'A', 2], ['D', 'B', 3])).toBe('A 21');
});

test('people of whom nobody made the other are two, and everybody is one with himself', () => {
  expect(speaker('A', 'B', A, ['B', null, 0])).toBeNull();
  expect(speaker('A', 'A', A)).toMatch(/^A /);
  expect(speaker('B', 'C', ['B', 'C', 30], ['C', 'B', 30])).toBeNull();
});
