import { Errcode } from '../../wechat/errcodes';
import { isAccount } from '../state/accounts';
import { type Answer, refused } from './answers';
import type { AccountCall } from './call';

/** GET /cgi-bin/token. Page: 获取接口调用凭据. */
export function token({ world, query }: AccountCall): Answer {
  if (query['grant_type'] !== 'client_credential') return refused(Errcode.InvalidGrantType);
  const account = world.accounts.login(query['appid'], query['secret']);
  return isAccount(account) ? world.tokens.fetchPlain(account.appid) : account;
}

/** POST /cgi-bin/stable_token. Page: 获取稳定版接口调用凭据. */
export function stableToken({ world, json }: AccountCall): Answer {
  if (json['grant_type'] !== 'client_credential') return refused(Errcode.InvalidGrantType);
  const account = world.accounts.login(json['appid'], json['secret']);
  return isAccount(account) ? world.tokens.fetchStable(account.appid, json['force_refresh'] === true) : account;
}
