import { inPlainLetters, looksLike } from '../../src/domain/look-alike';
import { faultsOfName } from '../../src/domain/names';

describe('a name is taken for another', () => {
  test.each([
    ['by a blank more', 'Li Wei', 'Li  Wei'],
    ['by a blank less', 'Li Wei', 'LiWei'],
    ['by a blank of Chinese type', '审批 员', '审批　员'],
    ['by its case', 'Approver', 'APPROVER'],
    ['by full-width letters', 'Ops-1', 'Ｏｐｓ－１'],
    ['by a Cyrillic letter', 'Anna', 'Аnnа'],
    ['by a Greek letter', 'Bob', 'Βοb'],
    ['by letters of mathematics', 'Anna', '𝐀𝐧𝐧𝐚'],
    ['by a zero-width space', 'Anna', 'An\u200Bna'],
    ['by a direction mark', 'Anna', 'Anna\u202E'],
    ['by a braille blank', 'Anna', 'Anna\u2800'],
    ['by I, l and 1', 'Ida', 'lda'],
    ['by 0 and O', 'R0b', 'ROb'],
    ['by r and n beside each other', 'Jim', 'Jirn'],
    ['by another dash', 'a-b', 'a–b'],
    ['by a radical', '人事', '⼈事'],
  ])('%s', (_way, one, other) => {
    expect([looksLike(one, other), looksLike(other, one)]).toEqual([true, true]);
  });

  test.each([
    ['Ali', 'All'],
    ['审批员', '审核员'],
    ['Ops 1', 'Ops 2'],
    ['Anna', 'Hannah'],
    ['Нина', 'Anna'],
  ])('and not where it is another: %s, %s', (one, other) => {
    expect(looksLike(one, other)).toBe(false);
  });

  test('what it pretends to be can be read', () => {
    expect(inPlainLetters(' Рiаоkа\u200B ')).toBe('piaoka');
  });
});

test.each([
  ['a direction mark', 'Anna\u202E', 'U+202E'],
  ['an invisible letter', 'An\u3164na', 'U+3164'],
  ['nothing to see', ' \u00A0 ', 'visible'],
  ['a look like somebody’s', 'ANNA', '"Anna"'],
])('a name with %s is refused, and it is said why', (_what, name, said) => {
  const [fault] = faultsOfName(name, ['Anna', '审批员']);
  expect(fault).toMatchObject({ code: 'FIELD-VALUE', pointer: '/name' });
  expect(fault?.messageEn).toContain(said);
});

test('a name of one’s own is taken, and so is the same once more, which others refuse', () => {
  expect(faultsOfName('王芳', ['Anna', '审批员'])).toEqual([]);
  expect(faultsOfName('Anna', ['Anna'])).toEqual([]);
});
