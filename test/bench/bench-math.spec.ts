import { GOALS, judge } from '../../bench/goals';
import { median, percentile, ratios, spread } from '../../bench/math';
import { readOptions } from '../../bench/options';
import { RunResult } from '../../bench/run';

describe('order statistics of the bench', () => {
  it('takes the middle, or the mean of both middles', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([])).toBeNaN();
  });

  it('takes percentiles by nearest rank', () => {
    const hundred = Array.from({ length: 100 }, (_, n) => 100 - n);
    expect(percentile(hundred, 0.5)).toBe(50);
    expect(percentile(hundred, 0.99)).toBe(99);
    expect(percentile([7], 0.99)).toBe(7);
    expect(spread([5, 9, 6])).toEqual({ median: 6, min: 5, max: 9 });
  });

  it('takes ratios round by round and leaves out rounds without both sides', () => {
    expect(ratios([10, null, 30], [20, 5, 10])).toEqual([0.5, 3]);
    expect(ratios([1], [0])).toEqual([]);
    expect(ratios([1, 2], [4])).toEqual([0.25]);
  });
});

describe('goals', () => {
  const round = (service: number, bare: number) =>
    new Map([
      ['piaoka', { perSecond: service } as RunResult],
      ['bare', { perSecond: bare } as RunResult],
    ]);

  it('judges the median of the rounds’ ratios', () => {
    const [goal] = GOALS;
    if (!goal) throw new Error('there are no goals');
    expect(judge(goal, [round(100, 1000), round(200, 1000), round(900, 1000)])).toMatchObject({
      value: { median: 0.2, min: 0.1, max: 0.9 },
      verdict: 'must met',
    });
    expect(judge(goal, [round(300, 1000)]).verdict).toBe('goal met');
    expect(judge(goal, [round(100, 1000)]).verdict).toBe('not met');
    expect(judge(goal, [])).toMatchObject({ value: null, verdict: 'not measured' });
  });

  it('holds "lower" the other way round', () => {
    const goal = { ...GOALS[0]!, better: 'lower', must: 1, goal: 0.5 } as const;
    expect(judge(goal, [round(4, 10)]).verdict).toBe('goal met');
    expect(judge(goal, [round(8, 10)]).verdict).toBe('must met');
    expect(judge(goal, [round(11, 10)]).verdict).toBe('not met');
  });
});

describe('options', () => {
  it('reads what is given', () => {
    expect(readOptions([])).toMatchObject({ rounds: 3, quick: false, full: false, only: [] });
    expect(readOptions(['--quick', '--orders', '50', '--only', 'bare,piaoka*'])).toMatchObject({
      rounds: 1,
      orders: 50,
      only: ['bare', 'piaoka*'],
    });
  });

  it.each([['--rounds'], ['--rounds', '0'], ['--orders', '1e9'], ['--fast']])('refuses %s %s', (...args) => {
    expect(() => readOptions(args)).toThrow('npm run bench');
  });
});
