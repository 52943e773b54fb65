import { checkInvoice } from '../../src/domain/check-invoice';
import { Fault } from '../../src/domain/fault';
import { RULES } from '../../src/domain/rules/catalogue';
import { NOW } from './invoices';
import { chance, randomInvoice } from './random-invoice';

const SEVERITY = new Map<string, string>(RULES.map(({ code, severity }) => [code, severity]));
const RUNS = 20_000;

it(`${RUNS} random invoices are judged without a throw, unchanged, the same each time, in codes of the book`, () => {
  const seen = new Set<string>();
  for (let seed = 1; seed <= RUNS; seed += 1) {
    const invoice = randomInvoice(chance(seed));
    const faults = judged(seed, () => checkInvoice(invoice, NOW));
    const again = checkInvoice(invoice, NOW);
    const odd = faults.filter((fault, i) => !same(fault, again[i]) || !(seen.has(fault.messageEn) || isSound(fault)));
    if (odd.length > 0 || again.length !== faults.length) throw new Error(`seed ${seed}: ${JSON.stringify(odd)}`);
    for (const { code, messageEn } of faults) seen.add(code).add(messageEn);
  }
  // That random invoices reach the rules at all.
  expect(RULES.filter(({ code }) => seen.has(code)).length).toBeGreaterThan(RULES.length * 0.6);
});

it('the look at a fault would find an unsound one', () => {
  const sound = checkInvoice(randomInvoice(chance(1)), NOW)[0]!;
  expect(isSound(sound)).toBe(true);
  for (const broken of [{ code: 'INVOICE-NO-99' }, { pointer: 'fee' }, { message: 'undefined。' }, { messageEn: '' }]) {
    expect(isSound({ ...sound, ...broken })).toBe(false);
  }
});

function judged(seed: number, check: () => Fault[]): Fault[] {
  try {
    return check();
  } catch (error) {
    throw new Error(`seed ${seed} threw`, { cause: error });
  }
}

function isSound({ code, pointer, severity, message, messageEn }: Fault): boolean {
  return (
    SEVERITY.get(code) === severity &&
    /^\/invoice\/[a-z_]+(\/\d+(\/[a-z]+)?)?$/.test(pointer) &&
    /\p{Script=Han}.*。$/su.test(message) &&
    /[.)]$/.test(messageEn) &&
    !/undefined|NaN.*NaN|\[object/.test(message + messageEn)
  );
}

function same(a: Fault, b: Fault | undefined): boolean {
  return a.code === b?.code && a.pointer === b.pointer && a.message === b.message && a.severity === b.severity;
}
