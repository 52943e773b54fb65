import { DataSource } from 'typeorm';
import { forgetCallbacks, queueCallbacksAgain } from './callbacks/receive';
import { VERIFY_JOB } from './audit/verifications';
import { BULK_JOB } from './console/bulk-reinsertions';
import { BulkRunner } from './console/bulk-runner';
import { Job } from './console/jobs';
import { Cron, parseCron } from './cron';
import { IdempotencyKeys } from './data/idempotency-keys';
import { forgetOldMedia } from './drop-in/media-shelf';
import { CancelOrders } from './orders/cancel-order';
import { Reconciler } from './reconciliation/reconciler';
import { REPORT_JOB, ReportMaker } from './reconciliation/report-maker';
import { RECONCILE_JOB } from './reconciliation/reconciliations';
import { forgetGatewayTokens } from './token-gateway/gateway-tokens';

/** What the recurring jobs work with. */
export interface JobParts {
  dataSource: DataSource;
  cancels: CancelOrders;
  reconciler: Reconciler;
  bulkRunner: BulkRunner;
  reportMaker: ReportMaker;
  reconcileCron: Cron;
  idempotencyKeys: IdempotencyKeys;
  /** Signs the heads of the audit trail. */
  anchorAudit: () => Promise<unknown>;
  /** Checks the trail where somebody has asked for it. */
  verifyAudit: () => Promise<boolean>;
}

/** Every recurring job, on one page. */
export function recurringJobs(parts: JobParts): Job[] {
  const {
    dataSource,
    idempotencyKeys,
    anchorAudit,
    verifyAudit,
    cancels,
    reconciler,
    reconcileCron,
    bulkRunner,
    reportMaker,
  } = parts;
  return [
    daily('make_partitions', '30 2 * * *', ['提前建好以后各月的分区', 'Makes the partitions of the months ahead'], () =>
      // A month without a partition would fall into the default partition, which never moves.
      dataSource.query('SELECT piaoka_make_partitions(3)'),
    ),
    daily(
      'forget_idempotency_keys',
      '40 * * * *',
      ['清除 24 小时前的 Idempotency-Key', 'Forgets Idempotency-Keys after 24 hours'],
      () => idempotencyKeys.forgetOld(),
    ),
    daily(
      'anchor_audit',
      '40 2 * * *',
      ['为审计链头签名并写入日志', 'Signs the heads of the audit trail into the log'],
      anchorAudit,
    ),
    // Every minute, because a check that was killed must begin anew.
    daily(VERIFY_JOB, '* * * * *', ['核对审计链', 'Checks the audit trail where that was asked for'], verifyAudit),
    daily(
      'forget_gateway_tokens',
      '17 * * * *',
      [
        '删除过期的网关令牌与三天前未使用的上传',
        'Forgets gateway tokens that are over and uploads older than three days',
      ],
      async () => {
        await forgetGatewayTokens(dataSource);
        await forgetOldMedia(dataSource);
      },
    ),
    daily(
      'forget_callbacks',
      '50 2 * * *',
      ['删除 30 天前已处理的微信推送', 'Deletes WeChat’s pushes that were dealt with 30 days ago'],
      () => forgetCallbacks(dataSource),
    ),
    daily(
      'queue_callbacks_again',
      '* * * * *',
      ['重新处理因进程中断而搁置的微信推送', 'Takes up WeChat’s pushes that a killed process left behind'],
      () => queueCallbacksAgain(dataSource),
    ),
    daily(
      'retry_cancellations',
      '* * * * *',
      ['把未得到明确答复的冲红再次告知微信', 'Tells WeChat again of cancellations'],
      () => cancels.tellDue(),
    ),
    // Every minute, because a bulk that was killed or asked for must go on.
    daily(BULK_JOB, '* * * * *', ['批量重插', 'Begins the orders of bulk re-insertions anew'], () => bulkRunner.tick()),
    daily(REPORT_JOB, '* * * * *', ['生成商户日报', 'Makes the merchants’ reports of the day'], () =>
      reportMaker.tick(),
    ),
    {
      name: RECONCILE_JOB,
      about: ['对账：结清等待中的订单，比对各方记录', 'Reconciles: settles what waits, compares everybody’s records'],
      cron: reconcileCron,
      // Every minute, because a run that was killed or asked for must go on.
      crontab: '* * * * *',
      work: () => reconciler.tick(),
    },
  ];
}

/** A job whose cron expression (UTC) says all about when it runs. */
function daily(name: string, crontab: string, about: Job['about'], work: Job['work']): Job {
  return { name, about, crontab, cron: parseCron(crontab), work };
}
