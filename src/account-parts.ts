import { DataSource } from 'typeorm';
import { AccountCheck } from './accounts/account-check';
import { Accounts } from './accounts/accounts';
import { RefusedPushes } from './accounts/refused-pushes';
import { Authorizations } from './authorizations/authorizations';
import { AuthorizationDeadline, AuthorizationsController } from './authorizations/authorizations.controller';
import { Rejections } from './authorizations/rejections';
import { RejectionsController } from './authorizations/rejections.controller';
import { CallbacksController } from './callbacks/callbacks.controller';
import { CardStatuses } from './callbacks/card-status';
import { KeptPushes } from './callbacks/kept';
import { ProcessCallbacks } from './callbacks/process';
import { ReceiveCallbacks } from './callbacks/receive';
import { Refusals } from './callbacks/refusals';
import { Config } from './config';
import { AccountProbe } from './console/account-probe';
import { AccountProbeController } from './console/account-probe.controller';
import { AccountsController } from './console/accounts.controller';
import { AttributesController } from './console/attributes.controller';
import { PushesController } from './console/pushes.controller';
import { TemplatesController } from './console/templates.controller';
import { TokensController } from './console/tokens.controller';
import { Sealer } from './data/sealed';
import { Engine } from './engine';
import { Log } from './log';
import { Metrics } from './metrics';
import { OrderReader } from './orders/orders.read';
import { Reimbursements } from './reimbursement/reimbursements';

export const ACCOUNT_CONTROLLERS = [
  CallbacksController,
  AuthorizationsController,
  RejectionsController,
  AccountsController,
  AccountProbeController,
  AttributesController,
  PushesController,
  TemplatesController,
  TokensController,
];

/** What sets accounts up and carries an order's authorisation: the parts that those controllers ask for. */
export function accountParts(
  config: Config,
  dataSource: DataSource,
  sealer: Sealer,
  accounts: Accounts,
  engine: Engine,
  orders: OrderReader,
  reimbursements: Reimbursements,
  { metrics, log }: { metrics: Metrics; log: Log },
) {
  const { setUp, templates, tickets, calls, settlements, tokens, wechat } = engine;
  const authorizations = new Authorizations(dataSource, sealer, accounts, setUp, tickets, calls, settlements);
  const statuses = new CardStatuses(dataSource, sealer, settlements, reimbursements);
  const refused = new RefusedPushes(dataSource, metrics, log);
  return {
    setUp,
    templates,
    refused,
    authorizations,
    check: new AccountCheck(accounts, setUp, dataSource, refused),
    probe: new AccountProbe(dataSource, sealer, accounts, setUp, orders, tokens, wechat),
    receive: new ReceiveCallbacks(dataSource, sealer, accounts, new Refusals(accounts, refused)),
    kept: new KeptPushes(dataSource, sealer),
    process: new ProcessCallbacks(dataSource, sealer, accounts, authorizations, statuses),
    deadline: new AuthorizationDeadline(config.AUTHORIZATION_DEADLINE),
    rejections: new Rejections(dataSource, accounts, setUp, calls, settlements, config.LEASE_SECONDS),
  };
}
