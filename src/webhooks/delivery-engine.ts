import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { DataSource } from 'typeorm';
import { Config } from '../config';
import { Sealer } from '../data/sealed';
import { Log } from '../log';
import { Metrics } from '../metrics';
import { DeliveryRunner } from './delivery.runner';
import { DeliveryStore } from './delivery.store';
import { DeliveryWorker } from './delivery.worker';
import { Destinations } from './destinations';
import { EndpointHealth } from './endpoint-health';
import { EndpointLimits } from './endpoint-limits';
import { Outbound } from './outbound';

/** Beyond the deadline of a request: time to record it. */
const LEASE_MARGIN_SECONDS = 5;

export type DeliverySettings = Pick<
  Config,
  'WEBHOOK_SCHEDULE' | 'WEBHOOK_TIMEOUT_MS' | 'WEBHOOK_CONCURRENCY' | 'WEBHOOK_ALLOW'
>;

/** What brings messages to merchants, with everything it works with. */
export function makeDeliveryEngine(
  settings: DeliverySettings,
  dataSource: DataSource,
  sealer: Sealer,
  metrics: Metrics,
  log: Log,
): DeliveryRunner {
  const store = new DeliveryStore(dataSource, sealer, settings.WEBHOOK_TIMEOUT_MS / 1000 + LEASE_MARGIN_SECONDS);
  const outbound = new Outbound(new Destinations(settings.WEBHOOK_ALLOW ?? []), settings.WEBHOOK_TIMEOUT_MS);
  const health = new EndpointHealth(dataSource, metrics, log);
  const worker = new DeliveryWorker(store, outbound, health, settings.WEBHOOK_SCHEDULE, metrics, log);
  const name = `${hostname()}:${process.pid}:${randomBytes(4).toString('hex')}`;
  const concurrency = settings.WEBHOOK_CONCURRENCY;
  return new DeliveryRunner(store, worker, new EndpointLimits(concurrency), { name, concurrency }, log);
}
