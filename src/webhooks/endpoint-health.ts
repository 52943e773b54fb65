import { DataSource } from 'typeorm';
import { audit } from '../audit/audit';
import { DisabledReason } from '../data/entities/webhook';
import { asEngine } from '../data/statement';
import { Log } from '../log';
import { Metrics } from '../metrics';

const DISABLED_AFTER_SECONDS = 5 * 24 * 3600;
/** Longer than the longest wait of the schedule: after such a silence nobody knows how the receiver was. */
const SILENCE_SECONDS = 24 * 3600;

interface Of {
  merchantId: string;
  endpointId: string;
}

/** An endpoint that fails for five days, or says 410, is disabled: with a notice in the audit trail, in the log and in a metric. */
export class EndpointHealth {
  constructor(
    private readonly dataSource: DataSource,
    private readonly metrics: Metrics,
    private readonly log: Log,
  ) {}

  async succeeded({ merchantId, endpointId }: Of): Promise<void> {
    await asEngine(this.dataSource, (client) =>
      client.query(
        `UPDATE webhook_endpoints SET failing_since = NULL, last_failed_at = NULL
          WHERE merchant_id = $1 AND id = $2 AND failing_since IS NOT NULL`,
        [merchantId, endpointId],
      ),
    );
  }

  async failed({ merchantId, endpointId }: Of, gone: boolean): Promise<void> {
    const reason = await asEngine(this.dataSource, async (client) => {
      await client.query(
        `UPDATE webhook_endpoints
            SET failing_since = CASE WHEN last_failed_at > now() - make_interval(secs => $3) THEN failing_since ELSE now() END,
                last_failed_at = now()
          WHERE merchant_id = $1 AND id = $2`,
        [merchantId, endpointId, SILENCE_SECONDS],
      );
      const { rows } = await client.query<{ failing_since: Date; disabled_reason: DisabledReason }>(
        `UPDATE webhook_endpoints SET disabled_at = now(), disabled_reason = CASE WHEN $3 THEN 'gone' ELSE 'failing' END
          WHERE merchant_id = $1 AND id = $2 AND disabled_at IS NULL
            AND ($3 OR failing_since < now() - make_interval(secs => $4))
          RETURNING failing_since, disabled_reason`,
        [merchantId, endpointId, gone, DISABLED_AFTER_SECONDS],
      );
      const [row] = rows;
      if (!row) return null;
      const data = { reason: row.disabled_reason, failing_since: row.failing_since.toISOString() };
      const act = { merchantId, actor: 'piaoka', action: 'webhook_endpoint.disabled', object: endpointId };
      await audit(client, { ...act, reason: null, data });
      return row.disabled_reason;
    });
    if (!reason) return;
    this.metrics.webhookEndpointsDisabled.inc({ reason });
    this.log.warn({ endpoint: endpointId, reason }, 'a webhook endpoint was disabled');
  }
}
