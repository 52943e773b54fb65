import { Log } from '../log';
import { ClaimedDelivery, DeliveryStore } from './delivery.store';
import { DeliveryWorker } from './delivery.worker';
import { EndpointLimits } from './endpoint-limits';

/** What a commit made due is seen this late at most. */
const POLL_MS = 250;
/** Between two claims at least, so that what ends in one moment makes room for one claim. */
const BREATH_MS = 20;

export interface DeliveryRunnerSettings {
  name: string;
  concurrency: number;
}

/** Keeps hands busy with due messages: many endpoints at once, no endpoint more than its share. */
export class DeliveryRunner {
  private readonly inFlight = new Set<Promise<void>>();
  private stopping = false;
  private loop: Promise<void> | null = null;
  private wakeUp: () => void = () => undefined;
  private woken = false;

  constructor(
    private readonly store: DeliveryStore,
    private readonly worker: DeliveryWorker,
    private readonly limits: EndpointLimits,
    private readonly settings: DeliveryRunnerSettings,
    private readonly log: Log,
  ) {}

  start(): void {
    this.loop = this.run();
  }

  /** Claims no more; what is on its way ends and is recorded. */
  async stop(): Promise<void> {
    if (!this.loop) return;
    this.stopping = true;
    this.wake();
    await this.loop;
    await Promise.all(this.inFlight);
  }

  private async run(): Promise<void> {
    while (!this.stopping) {
      const free = this.settings.concurrency - this.inFlight.size;
      this.woken = false;
      if (free > 0) await this.claim(free);
      await this.rest();
    }
  }

  private async claim(count: number): Promise<void> {
    try {
      const deliveries = await this.store.claim(count, this.settings.name, this.limits);
      deliveries.forEach((delivery) => this.carry(delivery));
    } catch (error) {
      this.log.error({ err: error }, 'webhooks could not be claimed');
    }
  }

  private carry(delivery: ClaimedDelivery): void {
    const end = this.limits.begin(delivery, delivery.failing);
    const started = performance.now();
    const work = this.worker
      .deliver(delivery)
      .then(({ result }) => end(result === 'delivered', performance.now() - started))
      .catch((error: unknown) => {
        // The lease runs out and the message goes again.
        this.log.error({ delivery: delivery.id, err: error }, 'a webhook attempt could not be recorded');
        end(false, performance.now() - started);
      })
      .finally(() => {
        this.inFlight.delete(work);
        this.wake();
      });
    this.inFlight.add(work);
  }

  /** Hands came free, or something became due. */
  private wake(): void {
    this.woken = true;
    this.wakeUp();
  }

  private async rest(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, BREATH_MS));
    if (this.woken || this.stopping) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, POLL_MS);
      this.wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.wakeUp = () => undefined;
  }
}
