import 'reflect-metadata';
import { Sealer } from '../../src/data/sealed';
import { dataSourceFor } from '../../src/data/data-source';
import { Metrics } from '../../src/metrics';
import { json, WechatClient } from '../../src/wechat/client';
import { TokenManager } from '../../src/wechat/tokens';
import { Transport } from '../../src/wechat/transport';
import { Errcode } from '../../src/wechat/errcodes';
import { APPID, MASTER_KEY } from '../support/world';

/** One of the processes of a token storm: so many senders call WeChat again and again, all with the account's one token. */
async function main([databaseUrl, wechatUrl, senders]: string[]): Promise<void> {
  const dataSource = await dataSourceFor(databaseUrl as string, { poolSize: 4 }).initialize();
  const client = new WechatClient(new Transport(wechatUrl as string, Number(senders), new Metrics()), {
    call: 10_000,
    token: 10_000,
  });
  const tokens = new TokenManager(dataSource, new Sealer(MASTER_KEY), client, Math.random, () => undefined);
  const account = { appid: APPID, secret: 'sandbox-secret', tokenKind: 'stable' as const };
  let newest = 0;

  async function send(): Promise<void> {
    const { token } = await tokens.get(account);
    if (!token) return;
    const answer = await client.insert(token.value, json({}));
    if (answer.kind !== 'answered') return;
    if (answer.errcode === Errcode.InvalidCredential) {
      await tokens.invalidate(account, token.generation);
      return;
    }
    tokens.accepted(account);
    if (token.generation <= newest) return;
    newest = token.generation;
    process.send?.(newest);
  }

  await Promise.all(
    Array.from({ length: Number(senders) }, async () => {
      for (;;) {
        await send();
        await pause();
      }
    }),
  );
}

function pause(): Promise<void> {
  return new Promise((resume) => setTimeout(resume, 20));
}

process.on('disconnect', () => process.exit());
void main(process.argv.slice(2));
