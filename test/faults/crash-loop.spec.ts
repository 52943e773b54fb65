import { chaosOptions } from '../chaos/options';
import { ChaosResult, runChaos } from '../chaos/run';
import { tellViolations } from '../chaos/tell';

const ORDERS = 150;
const KILLS = 8;
const ZOMBIES = 2;
const PATIENCE_MS = 180_000;

/** A short run of `npm run chaos`; the long one is a step of .ci/run. */
describe(`${ORDERS} orders while processes are killed and paused, the database crashes and WeChat misbehaves`, () => {
  const options = chaosOptions({
    orders: ORDERS,
    kills: KILLS,
    zombies: ZOMBIES,
    pgCrashes: 1,
    workers: 2,
    apis: 2,
    faults: 0.25,
    seed: process.env.SEED,
  });
  let result: ChaosResult;

  beforeAll(async () => {
    result = await runChaos(options, () => undefined);
    console.log(`seed ${options.seed}`, result.figures, result.weather);
  }, PATIENCE_MS);

  it('every promise holds', () => {
    if (result.violations.length > 0) throw new Error(tellViolations(result.violations));
    expect(result.faults).toEqual([]);
  });

  it('every order was taken, and nearly every one has its card', () => {
    const { accepted, orders, cards, kills, zombies } = result.figures;
    expect({ accepted, orders, kills, zombies }).toEqual({
      accepted: ORDERS,
      orders: ORDERS,
      kills: KILLS,
      zombies: ZOMBIES,
    });
    // Some users said no or nothing, some answers were refusals.
    expect(cards).toBeGreaterThan(ORDERS * 0.85);
  });

  it('there was weather', () => {
    expect(Object.keys(result.weather).length).toBeGreaterThan(8);
    expect(result.figures.probes).toBeGreaterThan(0);
  });
});
