import { DataSource } from 'typeorm';
import { Accounts } from './accounts/accounts';
import { Authorizations } from './authorizations/authorizations';
import { Rejections } from './authorizations/rejections';
import { Config } from './config';
import { Sealer } from './data/sealed';
import { Admission } from './drop-in/admission';
import { Authorising } from './drop-in/authorising';
import { Cards } from './drop-in/cards';
import { DropIn } from './drop-in/drop-in';
import { Inserts } from './drop-in/inserts';
import { Login } from './drop-in/login';
import { MediaShelf } from './drop-in/media-shelf';
import { OwnAccount } from './drop-in/own-account';
import { Reimbursing } from './drop-in/reimbursing';
import { Settings } from './drop-in/settings';
import { Titles } from './drop-in/titles';
import { Uploads } from './drop-in/uploads';
import { Engine } from './engine';
import { SchemaChecks } from './http/schema-check';
import { WrongKeys } from './http/wrong-keys';
import { Merchants } from './merchants/merchants';
import { RequestLimits } from './merchants/request-limits';
import { CancelOrders } from './orders/cancel-order';
import { OrderReader } from './orders/orders.read';
import { PostOrders } from './orders/post-orders';
import { GatewayTokens } from './token-gateway/gateway-tokens';
import { ReimburserDoors } from './token-gateway/reimburser-doors';

interface Parts {
  merchants: Merchants;
  wrongKeys: WrongKeys;
  requestLimits: RequestLimits;
  accounts: Accounts;
  gatewayTokens: GatewayTokens;
  doors: ReimburserDoors;
  authorizations: Authorizations;
  rejections: Rejections;
  cancels: CancelOrders;
  posts: PostOrders;
  reader: OrderReader;
  checks: SchemaChecks;
  sealer: Sealer;
}

/** WeChat's own calls on our port, each with the part of the service that does the same for its own API. */
export function makeDropIn(config: Config, dataSource: DataSource, engine: Engine, parts: Parts): DropIn {
  const { merchants, accounts, gatewayTokens, posts, reader, checks, sealer } = parts;
  const { setUp, templates, tickets, calls, tokens, wechat } = engine;
  const shelf = new MediaShelf(dataSource, sealer, config.UNUSED_UPLOADS);
  const admission = new Admission(gatewayTokens, parts.requestLimits);
  const own = new OwnAccount(accounts, setUp);
  return new DropIn([
    new Login(merchants, parts.wrongKeys, gatewayTokens, accounts),
    new Inserts(admission, shelf, posts, reader, sealer, checks, config.MAX_PDF_BYTES),
    new Uploads(admission, own, shelf, calls),
    new Authorising(admission, own, parts.authorizations, parts.rejections, reader, checks),
    new Cards(admission, own, parts.cancels, tokens, wechat, calls, dataSource),
    new Settings(admission, own, setUp, templates, tickets, calls, checks, dataSource),
    new Titles(admission, own, calls),
    new Reimbursing(admission, parts.doors),
  ]);
}
