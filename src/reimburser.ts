import { FastifyInstance } from 'fastify';
import { DataSource } from 'typeorm';
import { Accounts } from './accounts/accounts';
import { Config } from './config';
import { Sealer } from './data/sealed';
import { DropIn } from './drop-in/drop-in';
import { Engine } from './engine';
import { HeldBodies } from './http/held-bodies';
import { WrongKeys } from './http/wrong-keys';
import { Log } from './log';
import { Merchants } from './merchants/merchants';
import { RequestLimits } from './merchants/request-limits';
import { PageSigning } from './reimbursement/page-signing';
import { Reimbursements } from './reimbursement/reimbursements';
import { GatewayTokens } from './token-gateway/gateway-tokens';
import { GATEWAY_PREFIX, TokenGateway } from './token-gateway/token-gateway';
import { ReimburserDoors } from './token-gateway/reimburser-doors';
import { openDoor } from './token-gateway/wechat-door';
import { InvoiceDownload } from './wechat/invoice-download';
import { ReimburserClient } from './wechat/reimburser-client';
import { WIRE_PATHS } from './wechat/wire';

/** The reimburser's side put together, with the gateway that speaks WeChat's dialect. */
export function makeReimburser(
  config: Config,
  dataSource: DataSource,
  sealer: Sealer,
  accounts: Accounts,
  merchants: Merchants,
  wrongKeys: WrongKeys,
  requestLimits: RequestLimits,
  { transport, tokens, tickets }: Engine,
) {
  const limits = { timeoutMs: config.WECHAT_TIMEOUT_MS, maxBytes: config.MAX_PDF_BYTES };
  const reimbursements = new Reimbursements(
    dataSource,
    sealer,
    accounts,
    tokens,
    new ReimburserClient(transport, config.WECHAT_TIMEOUT_MS),
    new InvoiceDownload(config.WECHAT_BASE_URL, limits),
  );
  const signing = new PageSigning(tickets, config.GATEWAY_URL_ALLOW);
  const gatewayTokens = new GatewayTokens(dataSource, merchants);
  const doors = new ReimburserDoors(reimbursements);
  const gateway = new TokenGateway(
    merchants,
    wrongKeys,
    gatewayTokens,
    requestLimits,
    accounts,
    signing,
    doors,
    config.GATEWAY_URL,
  );
  return { reimbursements, signing, gatewayTokens, gateway, doors };
}

/** Opens the doors for callers who were written against WeChat, or against the older token gateway. */
export function openWechatDoors(
  fastify: FastifyInstance,
  gateway: TokenGateway,
  dropIn: DropIn,
  bodies: HeldBodies,
  log: Log,
): void {
  openDoor(fastify, GATEWAY_PREFIX, gateway.routes(), { bodies, log });
  for (const [prefix, routes] of dropIn.doors()) {
    openDoor(fastify, prefix, routes, { bodies, log, measured: [WIRE_PATHS.setpdf.slice(prefix.length)] });
  }
}
