import { DataSource } from 'typeorm';
import { Accounts } from './accounts/accounts';
import { Config } from './config';
import { Sealer } from './data/sealed';
import { Engine } from './engine';
import { LateAnswers } from './insertion/late-answers';
import { Log } from './log';
import { CancelOrders } from './orders/cancel-order';
import { Reconciler } from './reconciliation/reconciler';
import { Reconciliations } from './reconciliation/reconciliations';
import { ReportMaker } from './reconciliation/report-maker';
import { Reports } from './reconciliation/reports';
import { stepsOf } from './reconciliation/steps';
import { ReimburserClient } from './wechat/reimburser-client';

/** What keeps our books and WeChat's the same, put together: cancellation and reconciliation. */
export function makeBooks(
  config: Config,
  dataSource: DataSource,
  sealer: Sealer,
  accounts: Accounts,
  { transport, tokens, wechat, settlements }: Engine,
  log: Log,
) {
  const reimburser = new ReimburserClient(transport, config.WECHAT_TIMEOUT_MS);
  const late = new LateAnswers(dataSource, sealer, settlements);
  const quietSeconds = config.IN_DOUBT_QUIET_SECONDS;
  const steps = stepsOf({ dataSource, sealer, accounts, tokens, wechat, reimburser, late, quietSeconds });
  return {
    cancels: new CancelOrders(dataSource, accounts, tokens, wechat, settlements, config.LEASE_SECONDS),
    reconciler: new Reconciler(dataSource, config.RECONCILE_CRON, steps, log),
    reports: new Reports(dataSource),
    reportMaker: new ReportMaker(dataSource, log),
    reconciliations: new Reconciliations(dataSource, config.RECONCILE_CRON),
  };
}
