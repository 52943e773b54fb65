import { Errcode } from '../../wechat/errcodes';
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
    if (door === 'invoice' && world.profile.without_invoice.includes(appid)) return refused(Errcode.ApiUnauthorized);
  }
  const overQuota = world.quotas.spend(record.appid ?? '', record.path, world.profile);
  return overQuota ?? (json ? undefined : refused(Errcode.DataFormatError));
}

function admitted(call: Call): AccountCall {
  const account = call.world.accounts.get(call.token?.appid ?? '');
  return { ...call, account, json: call.json ?? {} };
}
