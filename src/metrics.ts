import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** For so long, in ms, a figure of the database's is good enough for whoever looks. */
const FRESH_MS = 5000;

/** What /metrics shows. Labels never hold an order, a person or a merchant. */
export class Metrics {
  readonly registry = new Registry();
  private lastRead: Promise<unknown> = Promise.resolve();
  readonly orders = new Counter({
    ...this.named('piaoka_orders_total', 'Orders by the state a step brought them to'),
    labelNames: ['state'] as const,
  });
  readonly attempts = new Counter({
    ...this.named('piaoka_insert_attempts_total', 'Insert attempts by outcome'),
    labelNames: ['result'] as const,
  });
  readonly wechatSeconds = new Histogram({
    ...this.named('piaoka_wechat_request_seconds', 'Duration of calls to WeChat'),
    labelNames: ['api'] as const,
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15],
  });
  readonly wechatErrors = new Counter({
    ...this.named('piaoka_wechat_errors_total', 'Answers of WeChat other than success, by errcode or kind'),
    labelNames: ['api', 'errcode'] as const,
  });
  readonly timeToCard = new Histogram({
    ...this.named('piaoka_time_to_card_seconds', 'From acceptance to the card'),
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600, 86_400],
  });
  readonly batchSize = new Histogram({
    ...this.named('piaoka_batch_size', 'Rows that shared one commit'),
    labelNames: ['statement'] as const,
    buckets: [1, 2, 4, 8, 16, 32, 64],
  });
  readonly webhookDeliveries = new Counter({
    ...this.named('piaoka_webhook_deliveries_total', 'Webhook attempts by result; exhausted: the last of a schedule'),
    labelNames: ['result'] as const,
  });
  readonly webhookEndpointsDisabled = new Counter({
    ...this.named('piaoka_webhook_endpoints_disabled_total', 'Webhook endpoints that were disabled: failing, gone'),
    labelNames: ['reason'] as const,
  });
  readonly pushesRefused = new Counter({
    ...this.named('piaoka_pushes_refused_total', 'Pushes of WeChat, or of whoever claims to be it, that were refused'),
    labelNames: ['reason'] as const,
  });
  readonly wrongKeys = new Counter({
    ...this.named('piaoka_wrong_keys_total', 'Requests without a valid key; none: without any, or not as Bearer'),
    labelNames: ['door', 'reason'] as const,
  });
  readonly inFlight = new Gauge(this.named('piaoka_in_flight', 'Orders this process is carrying'));

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  /**
   * A figure that costs the database something: read at most every five seconds, once for all who look at the same time,
   * and one such figure after the other. However many look, they take one connection.
   */
  shared<T>(read: () => Promise<T>): () => Promise<T> {
    let known: { figure: Promise<T>; until: number } | null = null;
    return () => {
      if (known && performance.now() < known.until) return known.figure;
      const figure = this.lastRead.then(read);
      const asked = (known = { figure, until: Infinity });
      this.lastRead = figure.then(
        () => (asked.until = performance.now() + FRESH_MS),
        () => (asked.until = 0),
      );
      return figure;
    };
  }

  /** A gauge that is read when somebody looks. */
  onScrape(name: string, help: string, label: string, read: () => Promise<Record<string, number>>): void {
    new Gauge({
      ...this.named(name, help),
      labelNames: [label],
      async collect() {
        this.reset();
        for (const [key, value] of Object.entries(await read())) this.set({ [label]: key }, value);
      },
    });
  }

  private named(name: string, help: string) {
    return { name, help, registers: [this.registry] };
  }
}
