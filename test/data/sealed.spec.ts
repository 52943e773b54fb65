import { Sealer } from '../../src/data/sealed';

const [OLD, NEW] = [1, 2].map((byte) => Buffer.alloc(32, byte).toString('base64')) as [string, string];

describe('sealed values', () => {
  it('open again, only in their own row, only untouched', () => {
    const sealer = new Sealer(OLD);
    const sealed = sealer.seal('张样例', 'orders|1');
    expect(sealer.open(sealed, 'orders|1')).toBe('张样例');
    expect(() => sealer.open(sealed, 'orders|2')).toThrow();
    for (let at = 0; at < sealed.length; at += 1) {
      const touched = Buffer.from(sealed);
      touched[at] = (touched[at] as number) ^ 1;
      expect(() => sealer.open(touched, 'orders|1')).toThrow();
    }
  });

  it('differ each time, and survive a rotation of the key', () => {
    const before = new Sealer(OLD);
    const sealed = before.seal('x', 'a');
    expect(before.seal('x', 'a').equals(sealed)).toBe(false);
    expect(new Sealer(NEW, [OLD]).open(sealed, 'a')).toBe('x');
    expect(() => new Sealer(NEW).open(sealed, 'a')).toThrow(/MASTER_KEY/);
  });
});
