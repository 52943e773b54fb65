import { TokenBreaker } from '../../src/wechat/token-breaker';

/** Times in milliseconds on a clock of the test's own. */
describe('the breaker of a token', () => {
  const renewed = () => {
    const breaker = new TokenBreaker();
    breaker.onRefused(1, 0);
    breaker.onRenewed(2);
    return breaker;
  };
  const refuse = (breaker: TokenBreaker, times: number, at: number, generation = 2) => {
    for (let n = 0; n < times; n += 1) breaker.onRefused(generation, at);
  };

  it('a token’s ordinary death refuses every call in flight, and that counts for nothing', () => {
    const breaker = renewed();
    refuse(breaker, 64, 10, 1);
    expect(breaker.openFor(10)).toBe(0);
  });

  it('three refusals of the new token within ten seconds open it; two, or three over a longer time, do not', () => {
    const breaker = renewed();
    refuse(breaker, 2, 10);
    expect(breaker.openFor(10)).toBe(0);
    refuse(breaker, 1, 10_011);
    expect(breaker.openFor(10_011)).toBe(0);
    refuse(breaker, 2, 10_012);
    expect(breaker.openFor(10_012)).toBe(5000);
  });

  it('one call that WeChat took sets everything back', () => {
    const breaker = renewed();
    refuse(breaker, 2, 10);
    breaker.onAccepted();
    refuse(breaker, 2, 11);
    expect(breaker.openFor(11)).toBe(0);
  });

  it('it stays open for 5, 10, 20, 40, then 60 seconds, and for 5 again after a success', () => {
    const breaker = renewed();
    let now = 0;
    const opens = [1, 2, 3, 4, 5, 6].map(() => {
      refuse(breaker, 3, now);
      const open = breaker.openFor(now);
      expect(breaker.openFor(now + open - 1)).toBe(1);
      expect(breaker.openFor(now + open)).toBe(0);
      now += open;
      return open / 1000;
    });
    expect(opens).toEqual([5, 10, 20, 40, 60, 60]);
    breaker.onAccepted();
    breaker.onRenewed(3);
    refuse(breaker, 3, now, 3);
    expect(breaker.openFor(now)).toBe(5000);
  });

  it('refusals that arrive while it is open make it neither longer nor open again', () => {
    const breaker = renewed();
    refuse(breaker, 3, 0);
    refuse(breaker, 64, 4999);
    expect(breaker.openFor(5000)).toBe(0);
  });
});
