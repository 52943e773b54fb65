import { encrypt, getSignature } from '@wecom/crypto';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { openDatabaseServer } from './database';
import { percentile } from './math';
import { APPID, CARD_ID } from './order-source';
import { Child } from './rpc';
import { startService } from './service-process';

const TOKEN = 'tokenoftheaccount';
const AES_KEY = randomBytes(22).toString('hex').slice(0, 43);
const WARM_UP = 300;
const AT_ONCE = 32;

/**
 * `npm run bench -- --callbacks`: how long WeChat waits for our `success`, in ms. Each push is encrypted, stored with its job
 * and answered after the commit, by one process that also works the jobs; fsync is on. WeChat gives up after 5 s.
 */
export async function benchCallbacks(say: (line: string) => void): Promise<string> {
  const database = await openDatabaseServer(say);
  const mock = new Child(join(__dirname, 'mock-main.js'));
  try {
    const databaseUrl = await database.fresh('callbacks');
    const service = await startService({
      name: 'callbacks',
      file: join(__dirname, '..', 'src', 'main.js'),
      nodeFlags: [],
      env: {
        HOST: '127.0.0.1',
        DATABASE_URL: databaseUrl,
        DATABASE_DIRECT_URL: databaseUrl,
        MASTER_KEY: randomBytes(32).toString('base64'),
        WECHAT_BASE_URL: `http://127.0.0.1:${await mock.call<number>('listen')}`,
        WECHAT_APPID: APPID,
        WECHAT_SECRET: 'bench-secret',
        WECHAT_CALLBACK_TOKEN: TOKEN,
        WECHAT_CALLBACK_AES_KEY: AES_KEY,
      },
    });
    const pool = new Pool(service.url, { connections: AT_ONCE });
    try {
      await crowd(pool, WARM_UP);
      const rows = [
        row('50 a second', await paced(pool, 1000, 20)),
        row(`${AT_ONCE} at once`, await crowd(pool, 3000)),
      ];
      return ['| pushes | median ms | p99 ms | worst ms |', '|---|---|---|---|', ...rows, ''].join('\n');
    } finally {
      await pool.close();
      await service.stop();
      await database.drop('callbacks');
    }
  } finally {
    mock.end();
    await database.stop();
  }
}

async function paced(pool: Pool, count: number, everyMs: number): Promise<number[]> {
  const begun = performance.now();
  const pushes: Promise<number>[] = [];
  for (let n = 0; n < count; n += 1) {
    await sleep(Math.max(0, begun + n * everyMs - performance.now()));
    pushes.push(push(pool));
  }
  return Promise.all(pushes);
}

async function crowd(pool: Pool, count: number): Promise<number[]> {
  const times: number[] = [];
  const one = async () => {
    while (times.length < count) times.push(await push(pool));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  return times;
}

async function push(pool: Pool): Promise<number> {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const nonce = randomBytes(8).toString('hex');
  const fields = {
    ToUserName: 'gh_fc0a06a20993',
    FromUserName: 'ojZ8Ytz4lESgdWZ34L_R1TvB2Kds',
    CreateTime: timestamp,
    MsgType: 'event',
    Event: 'update_invoice_status',
    Status: 'INVOICE_REIMBURSE_LOCK',
    CardId: CARD_ID,
    Code: nonce,
  };
  const xml = Object.entries(fields).map(([name, value]) => `<${name}><![CDATA[${value}]]></${name}>`);
  const sealed = encrypt(AES_KEY, `<xml>${xml.join('')}</xml>`, APPID);
  const query = { timestamp, nonce, encrypt_type: 'aes', msg_signature: getSignature(TOKEN, timestamp, nonce, sealed) };
  const path = `/wechat/callbacks/${APPID}?${new URLSearchParams(query).toString()}`;
  const body = `<xml><ToUserName><![CDATA[gh_fc0a06a20993]]></ToUserName><Encrypt><![CDATA[${sealed}]]></Encrypt></xml>`;
  const begun = performance.now();
  const answer = await pool.request({ method: 'POST', path, headers: { 'content-type': 'text/xml' }, body });
  const text = await answer.body.text();
  if (text !== 'success') throw new Error(`a push was answered ${answer.statusCode} ${text}`);
  return performance.now() - begun;
}

function row(name: string, times: number[]): string {
  return `| ${name} | ${[0.5, 0.99, 1].map((share) => percentile(times, share).toFixed(1)).join(' | ')} |`;
}
