import { DataSource } from 'typeorm';
import { useAllowance } from '../data/allowances';
import { asEngine } from '../data/statement';

const PERIOD_SECONDS = 60;
/** A process takes so much of a minute's requests at once: it asks the database once for all of them. */
const SLICES = 50;
/** While the database cannot be asked nobody is refused for it; it is asked again after so long. */
const RETRY_MS = 1000;

interface Present {
  /** What is left of the slice. */
  left: number;
  /** The end of the minute, by this process's clock that only goes forward; in ms. */
  until: number;
  used: boolean;
  asking: Promise<void> | null;
}

/**
 * How many requests a merchant may make a minute, all its keys and all processes together. No request waits for the
 * database but the first of a slice.
 */
export class RequestLimits {
  private readonly merchants = new Map<string, Present>();

  /** 0: no limit. */
  constructor(
    private readonly dataSource: DataSource,
    private readonly perMinute: number,
  ) {}

  /** Null: go on; else the seconds after which there is more. */
  async admit(merchantId: string): Promise<number | null> {
    if (this.perMinute === 0) return null;
    for (;;) {
      const present = this.of(merchantId);
      const wait = present.until - performance.now();
      if (wait > 0 && present.left > 0) {
        present.left -= 1;
        return null;
      }
      if (wait > 0 && present.used) return Math.ceil(wait / 1000);
      present.asking ??= this.take(merchantId, present).finally(() => (present.asking = null));
      await present.asking;
    }
  }

  private of(merchantId: string): Present {
    const known = this.merchants.get(merchantId);
    if (known) return known;
    const present = { left: 0, until: -Infinity, used: false, asking: null };
    this.merchants.set(merchantId, present);
    return present;
  }

  private async take(merchantId: string, present: Present): Promise<void> {
    const slice = Math.ceil(this.perMinute / SLICES);
    const allowance = { what: 'requests', most: this.perMinute, periodSeconds: PERIOD_SECONDS };
    try {
      const { over, endsIn } = await asEngine(this.dataSource, (client) =>
        useAllowance(client, merchantId, allowance, slice),
      );
      present.until = performance.now() + endsIn * 1000;
      present.used = over;
      present.left = over ? 0 : slice;
    } catch {
      present.until = performance.now() + RETRY_MS;
      present.used = false;
      present.left = this.perMinute;
    }
  }
}
