import { DataSource } from 'typeorm';
import { Config } from '../config';
import { Sealer } from '../data/sealed';
import { Log } from '../log';
import { Metrics } from '../metrics';
import { AdminWebhookActsController } from './admin-acts.controller';
import { AdminWebhookEndpointsController } from './admin-endpoints.controller';
import { WebhookDeliveriesController } from './deliveries.controller';
import { makeDeliveryEngine } from './delivery-engine';
import { Destinations } from './destinations';
import { WebhookEndpointsController } from './endpoints.controller';

/** The doors for merchants and operators. */
export const WEBHOOK_CONTROLLERS = [
  WebhookEndpointsController,
  WebhookDeliveriesController,
  AdminWebhookEndpointsController,
  AdminWebhookActsController,
];

/** The parts of the room: the runner of deliveries, and what the doors need. */
export function makeWebhooks(config: Config, dataSource: DataSource, sealer: Sealer, metrics: Metrics, log: Log) {
  return [
    makeDeliveryEngine(config, dataSource, sealer, metrics, log),
    new Destinations(config.WEBHOOK_ALLOW ?? []),
  ] as const;
}
