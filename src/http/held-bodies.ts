import { FastifyRequest } from 'fastify';
import { ServerResponse } from 'node:http';
import { Problem } from './problems';

const MIB = 1024 * 1024;
/** Callers whose key cannot be known before their body is read: WeChat's pushes, logins of the drop-in. */
const NOBODY = 'nobody';
const NOBODYS_SHARE = 32 * MIB;

/** A request as a guard leaves it that has let its caller in. */
export type KnownRequest = FastifyRequest & { knownAs?: string };

/** What one request holds of the memory that bodies have. */
export interface Hold {
  /** Throws where there is no room for so many bytes more. */
  take(bytes: number): void;
  give(bytes: number): void;
}

/**
 * How many bytes of bodies this process holds at the same time, so that bodies which are sent slowly, or by the hundred,
 * cannot fill its memory. Each caller has a share of its own: one who uses it up leaves the others theirs.
 */
export class HeldBodies {
  private total = 0;
  private readonly shares = new Map<string, number>();
  private readonly share: number;
  private readonly most: number;

  /** `largest`: of one body. */
  constructor(largest: number) {
    this.share = Math.max(64 * MIB, 2 * largest);
    this.most = 3 * this.share;
  }

  /** `holder` null: nobody yet. What is taken is given back once the answer is out, or the caller gone. */
  open(holder: string | null, response: ServerResponse): Hold {
    let held = 0;
    const name = holder ?? NOBODY;
    const change = (bytes: number) => {
      held += bytes;
      this.change(name, bytes);
    };
    response.once('close', () => change(-held));
    return {
      take: (bytes) => {
        if ((this.shares.get(name) ?? 0) + bytes > (holder === null ? NOBODYS_SHARE : this.share)) {
          throw new Problem(holder === null ? 'unavailable' : 'too_many_requests');
        }
        if (this.total + bytes > this.most) throw new Problem('unavailable');
        // The answer of a caller who has gone is over: nobody would give back what is taken now.
        if (!response.closed) change(bytes);
      },
      give: (bytes) => {
        if (!response.closed) change(-bytes);
      },
    };
  }

  private change(name: string, bytes: number): void {
    this.total += bytes;
    const share = (this.shares.get(name) ?? 0) + bytes;
    if (share === 0) this.shares.delete(name);
    else this.shares.set(name, share);
  }
}
