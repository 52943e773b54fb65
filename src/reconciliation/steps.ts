import { DataSource } from 'typeorm';
import { Accounts } from '../accounts/accounts';
import { Sealer } from '../data/sealed';
import { LateAnswers } from '../insertion/late-answers';
import { WechatClient } from '../wechat/client';
import { ReimburserClient } from '../wechat/reimburser-client';
import { TokenManager } from '../wechat/tokens';
import { Budget } from './budget';
import { compareLines, findExtra, forgetLines } from './compare-statement';
import { closeFindings } from './close-findings';
import { agedOrders, openCancellations, stuckOrders, toldByWechat, unknownCodes } from './ledger';
import { ReadBack } from './read-back';
import { Step } from './reconciler';
import { reportUntilYesterday } from './reports';
import { learnCodes, settleWaiting } from './waiting-orders';

/** What reconciliation works with. */
export interface StepParts {
  dataSource: DataSource;
  sealer: Sealer;
  accounts: Accounts;
  tokens: TokenManager;
  wechat: WechatClient;
  reimburser: ReimburserClient;
  late: LateAnswers;
  quietSeconds: number;
}

/** A reconciliation, in order: first settle, then compare, with a merchant's statement too, then close what no longer holds, last report. */
export function stepsOf(parts: StepParts): Step[] {
  const { dataSource, sealer, accounts, tokens, wechat, reimburser, late, quietSeconds } = parts;
  const budget = new Budget(dataSource, accounts, tokens, wechat);
  return [
    settleWaiting(dataSource, budget, quietSeconds),
    learnCodes(dataSource, late),
    new ReadBack(dataSource, sealer, accounts, tokens, reimburser, budget),
    agedOrders(dataSource),
    stuckOrders(dataSource),
    openCancellations(dataSource),
    unknownCodes(dataSource),
    toldByWechat(dataSource),
    compareLines(dataSource),
    findExtra(dataSource),
    forgetLines(dataSource),
    closeFindings(dataSource),
    reportUntilYesterday(dataSource),
  ];
}
