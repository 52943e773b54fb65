/** Required before the program: this process's clock is SKEW_MS ahead of the machine's, or behind it where negative. */
const skew = Number(process.env.SKEW_MS);
const TrueDate = Date;

class SkewedDate extends TrueDate {
  constructor(...given: [] | [number]) {
    if (given.length === 0) super(TrueDate.now() + skew);
    else super(...given);
  }

  static override now(): number {
    return TrueDate.now() + skew;
  }
}

globalThis.Date = SkewedDate as DateConstructor;
