import { DataSource } from 'typeorm';
import { AccountCheck } from './accounts/account-check';
import { Accounts } from './accounts/accounts';
import { Authorizations } from './authorizations/authorizations';
import { AuthorizationDeadline, AuthorizationsController } from './authorizations/authorizations.controller';
import { Rejections } from './authorizations/rejections';
import { RejectionsController } from './authorizations/rejections.controller';
import { Config } from './config';
import { AccountsController } from './console/accounts.controller';
import { AttributesController } from './console/attributes.controller';
import { TemplatesController } from './console/templates.controller';
import { TokensController } from './console/tokens.controller';
import { Sealer } from './data/sealed';
import { Engine } from './engine';

export const ACCOUNT_CONTROLLERS = [
  AuthorizationsController,
  RejectionsController,
  AccountsController,
  AttributesController,
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
) {
  const { setUp, templates, tickets, calls, settlements } = engine;
  return [
    setUp,
    templates,
    new AccountCheck(accounts, setUp),
    new Authorizations(dataSource, sealer, accounts, setUp, tickets, calls, settlements),
    new AuthorizationDeadline(config.AUTHORIZATION_DEADLINE),
    new Rejections(dataSource, accounts, setUp, calls, settlements, config.LEASE_SECONDS),
  ];
}
