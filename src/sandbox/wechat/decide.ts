import { Errcode } from '../../wechat/errcodes';
import type { Profile } from '../state/profile';
import { type Answer, decorated, refused } from './answers';
import type { AccountCall, Call, Endpoint } from './call';

/** What WeChat decides about a request: method, token, permission, quota, JSON, and only then the business itself. */
export async function decide(call: Call, endpoint: Endpoint): Promise<Answer> {
  const { world, record } = call;
  const answer = atTheDoor(call, endpoint) ?? (await endpoint.handle(admitted(call)));
  record.decided = answer.errcode ?? 0;
  return decorated(answer, world.chance, world.clock);
}

function atTheDoor(call: Call, { method, door }: Endpoint): Answer | undefined {
  const { world, record, token, tokenText, json } = call;
  if (method === 'POST' && record.method !== 'POST') return refused(Errcode.RequirePost);
  if (door !== 'login') {
    const refusal = world.tokens.refusal(tokenText);
    if (refusal) return refusal;
    const appid = token?.appid ?? '';
    if (lacksPermission(world.profile, door, appid)) return refused(Errcode.ApiUnauthorized);
  }
  const overQuota = world.quotas.spend(record.appid ?? '', record.path, world.profile);
  return overQuota ?? (json ? undefined : refused(Errcode.DataFormatError));
}

/** An issuer's permission and a reimburser's are given apart. */
function lacksPermission(
  { without_invoice, without_reimburse }: Profile,
  door: Endpoint['door'],
  appid: string,
): boolean {
  return (
    (door === 'invoice' && without_invoice.includes(appid)) ||
    (door === 'reimburse' && without_reimburse.includes(appid))
  );
}

function admitted(call: Call): AccountCall {
  const account = call.world.accounts.get(call.token?.appid ?? '');
  return { ...call, account, json: call.json ?? {} };
}
