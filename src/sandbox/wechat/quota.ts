import { Errcode } from '../../wechat/errcodes';
import { type Answer, ok, refused } from './answers';
import { type AccountCall, text } from './call';

/** Calls a day of an account whose quota nobody set. */
const GENEROUS = 1_000_000;

/** POST /cgi-bin/openapi/quota/get. Page: 查询 API 调用额度. */
export function quota({ world, account, json }: AccountCall): Answer {
  const path = text(json['cgi_path']);
  if (!path.startsWith('/')) return refused(Errcode.InvalidArgs);
  const daily_limit = world.profile.quota[path]?.day ?? GENEROUS;
  const used = world.quotas.today(account.appid, path);
  return ok({ quota: { daily_limit, used, remain: Math.max(0, daily_limit - used) } });
}
