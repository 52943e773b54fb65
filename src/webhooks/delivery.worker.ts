import { waitAfter, Schedule } from '../domain/retry';
import { Log } from '../log';
import { Metrics } from '../metrics';
import { ClaimedDelivery, DeliveryOutcome, DeliveryStore } from './delivery.store';
import { EndpointHealth } from './endpoint-health';
import { bodyOf, signedHeaders } from './message';
import { Outbound, Reply } from './outbound';

/** Brings one claimed message to its receiver: at least once, each time under the same id. */
export class DeliveryWorker {
  constructor(
    private readonly store: DeliveryStore,
    private readonly outbound: Outbound,
    private readonly health: EndpointHealth,
    private readonly schedule: Schedule,
    private readonly metrics: Metrics,
    private readonly log: Log,
  ) {}

  async deliver(claimed: ClaimedDelivery): Promise<Reply> {
    const started = performance.now();
    const reply = await this.send(claimed);
    const outcome = this.outcomeOf(claimed, reply, performance.now() - started);
    const mine = await this.store.record(outcome);
    this.metrics.webhookDeliveries.inc({ result: outcome.state === 'exhausted' ? 'exhausted' : reply.result });
    if (reply.result !== 'delivered') await this.health.failed(claimed, reply.result === 'gone');
    else if (claimed.failing) await this.health.succeeded(claimed);
    this.log.debug({ delivery: claimed.id, result: reply.result, state: outcome.state, mine }, 'webhook attempt');
    return reply;
  }

  /** Without a secret nobody could believe it. */
  private send(claimed: ClaimedDelivery): Promise<Reply> | Reply {
    if (claimed.secrets.length === 0) return { result: 'secret_lost', httpStatus: null };
    const body = bodyOf(claimed);
    return this.outbound.post(claimed.url, signedHeaders(claimed.id, body, claimed.secrets, new Date()), body);
  }

  /** The schedule's first wait is the one before the first attempt. */
  private outcomeOf(claimed: ClaimedDelivery, reply: Reply, ms: number): DeliveryOutcome {
    if (reply.result === 'delivered') {
      return { claimed, reply, ms, state: 'delivered', failures: claimed.failures, retryIn: null };
    }
    const failures = claimed.failures + 1;
    const wait = waitAfter(this.schedule, failures + 1, Math.random());
    return { claimed, reply, ms, state: wait === undefined ? 'exhausted' : 'pending', failures, retryIn: wait ?? null };
  }
}
