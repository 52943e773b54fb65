import { MicroBatch } from '../../src/data/micro-batch';
import { ProcessorTurns } from '../../src/http/processor-turns';

interface Order {
  merchant: string;
  bytes: number;
}

const bulk = (count: number, merchant = 'bulk') => Array.from({ length: count }, () => ({ merchant, bytes: 1 }));

/** A store that shows each batch and keeps it until it is let through. */
function store(limits: { size: number; powersOfTwo?: boolean; max?: number; owner?: boolean }) {
  const batches: Order[][] = [];
  let letThrough: () => void = () => undefined;
  const { size, powersOfTwo, max = Infinity, owner = true } = limits;
  const batch = new MicroBatch<Order, void>(
    async (orders) => {
      batches.push(orders);
      await new Promise<void>((resolve) => (letThrough = resolve));
      return orders.map(() => undefined);
    },
    {
      ...{ size, parallel: 1, powersOfTwo, weight: { of: ({ bytes }) => bytes, max } },
      ...(owner ? { owner: ({ merchant }: Order) => merchant } : {}),
    },
  );
  const next = async () => {
    letThrough();
    for (const before = batches.length; batches.length === before;) await new Promise(setImmediate);
    return batches.at(-1) as Order[];
  };
  return { add: (orders: Order[]) => orders.map((order) => batch.add(order)), next };
}

const merchants = (orders: Order[]) => orders.map(({ merchant }) => merchant);

describe('an order behind hundreds of another merchant’s', () => {
  it('is in the next batch, beside theirs', async () => {
    const { add, next } = store({ size: 32 });
    void Promise.all(add(bulk(300)));
    expect(merchants(await next())).toEqual(Array(32).fill('bulk'));
    void Promise.all(
      add([
        { merchant: 'small', bytes: 1 },
        { merchant: 'other', bytes: 1 },
      ]),
    );
    const second = merchants(await next());
    expect(second).toHaveLength(32);
    expect(second.slice(0, 3).sort()).toEqual(['bulk', 'other', 'small']);
    expect(merchants(await next())).toEqual(Array(32).fill('bulk'));
  });

  it('where nobody has turns it would be the last of all', async () => {
    const { add, next } = store({ size: 32, owner: false });
    void Promise.all(add(bulk(64)));
    await next();
    void Promise.all(add([{ merchant: 'small', bytes: 1 }]));
    expect(merchants(await next())).toEqual(Array(32).fill('bulk'));
    expect(merchants(await next())).toEqual(['small']);
  });

  it('keeps its place, and each merchant its sequence, where a batch is closed for its size or its weight', async () => {
    const { add, next } = store({ size: 32, powersOfTwo: true, max: 6 });
    const numbered = (merchant: string, count: number) =>
      Array.from({ length: count }, (_, n) => ({ merchant, bytes: 1, n }));
    const answers = [...add(numbered('bulk', 9)), ...add(numbered('small', 4))];
    const seen: Order[] = [];
    while (seen.length < answers.length) {
      const batch = await next();
      expect([1, 2, 4]).toContain(batch.length);
      seen.push(...batch);
    }
    for (const [merchant, count] of [
      ['bulk', 9],
      ['small', 4],
    ] as const)
      expect(seen.filter((one) => one.merchant === merchant)).toEqual(numbered(merchant, count));
    expect(merchants(seen).lastIndexOf('small')).toBeLessThan(9);
  });
});

describe('a body behind hundreds of another caller’s', () => {
  it('is read in the next round', async () => {
    const turns = new ProcessorTurns();
    const begun: string[] = [];
    const read = (caller: string) => turns.take(caller).then(() => void begun.push(caller));
    const all = [...Array.from({ length: 300 }, () => read('bulk')), read('small')];
    await Promise.all(all);
    expect(begun.indexOf('small')).toBeLessThan(64);
    expect(begun.lastIndexOf('bulk')).toBe(300);
    expect(begun).toHaveLength(301);
  });

  it('is read at once where nobody waits', async () => {
    const turns = new ProcessorTurns();
    let round = 0;
    setImmediate(() => (round += 1));
    await turns.take('small');
    expect(round).toBe(0);
  });
});
