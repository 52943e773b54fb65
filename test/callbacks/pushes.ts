import { encrypt, getSignature } from '@wecom/crypto';
import { randomBytes } from 'node:crypto';
import { request } from 'undici';
import { query } from '../support/databases';
import { APPID, Json, World, WorldOptions } from '../support/world';

export const TOKEN = 'tokenoftheaccount';
export const AES_KEY = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG';

export const ADMIN = 'pk_admin_8f3a61c4d27b90e5a1f6037bc95e24d8';

export const ENVIRONMENT = {
  WECHAT_CALLBACK_TOKEN: TOKEN,
  WECHAT_CALLBACK_AES_KEY: AES_KEY,
  BOOTSTRAP_ADMIN_KEY: ADMIN,
};

export interface Push {
  url: string;
  body: string;
}

/** WeChat, pushing in safe mode to a world's service. */
export class Pushes {
  private constructor(readonly world: World) {}

  static async start({ env, ...more }: WorldOptions = {}): Promise<Pushes> {
    return new Pushes(await World.start({ ...more, env: { ...ENVIRONMENT, ...env } }));
  }

  get address(): string {
    return `${this.world.service.url}/wechat/callbacks/${APPID}`;
  }

  /** `to`: the account whose appid ends the encrypted text, and the address it is pushed to. */
  sealed(
    fields: Json,
    timestamp = seconds(),
    to: { appid: string; address: string; key?: string } = { appid: APPID, address: this.address },
  ): Push {
    const xml = `<xml>${Object.entries(fields)
      .map(([name, value]) => `<${name}><![CDATA[${String(value)}]]></${name}>`)
      .join('')}</xml>`;
    const Encrypt = encrypt(to.key ?? AES_KEY, xml, to.appid);
    const nonce = randomBytes(4).toString('hex');
    const parameters = {
      timestamp,
      nonce,
      encrypt_type: 'aes',
      msg_signature: getSignature(TOKEN, timestamp, nonce, Encrypt),
    };
    const body = `<xml><ToUserName><![CDATA[gh_fc0a06a20993]]></ToUserName><Encrypt><![CDATA[${Encrypt}]]></Encrypt></xml>`;
    return { url: `${to.address}?${new URLSearchParams(parameters).toString()}`, body };
  }

  /** `type` null: without a content type. */
  async send({ url, body }: Push, type: string | null = 'text/xml'): Promise<{ status: number; text: string }> {
    const headers = type === null ? {} : { 'content-type': type };
    const answer = await request(url, { method: 'POST', body: Buffer.from(body), headers });
    return { status: answer.statusCode, text: await answer.body.text() };
  }

  async tell(fields: Json): Promise<void> {
    expect(await this.send(this.sealed(fields))).toEqual({ status: 200, text: 'success' });
  }

  /** An administrator sets another EncodingAESKey. */
  changeKey(encoding_aes_key: string, appid = APPID): Promise<void> {
    const settings = { mode: 'safe', token: TOKEN, encoding_aes_key };
    return this.administrate('PUT', `/v1/admin/accounts/${appid}/callback`, settings);
  }

  async administrate(method: 'POST' | 'PUT', path: string, body: object): Promise<void> {
    const answer = await request(this.world.service.url + path, {
      method,
      headers: { authorization: `Bearer ${ADMIN}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    await answer.body.dump();
    expect(answer.statusCode).toBeLessThan(300);
  }

  rows(): Promise<Json[]> {
    return query<Json>(this.world.databaseUrl, 'SELECT event, state, outcome FROM callbacks ORDER BY received_at');
  }

  /** The stored pushes once so many have been dealt with. */
  async settled(count: number): Promise<Json[]> {
    for (let n = 0; n < 300; n += 1) {
      const all = await this.rows();
      if (all.length >= count && all.every(({ state }) => state !== 'received')) return all;
      await new Promise((resume) => setTimeout(resume, 50));
    }
    throw new Error(`waited in vain: ${JSON.stringify(await this.rows())}`);
  }

  forget(): Promise<unknown> {
    return query(this.world.databaseUrl, 'DELETE FROM callbacks');
  }
}

export function seconds(): string {
  return String(Math.floor(Date.now() / 1000));
}

export function event(Event: string, fields: Json, openid = 'ojZ8Ytz4lESgdWZ34L_R1TvB2Kds'): Json {
  return {
    ToUserName: 'gh_fc0a06a20993',
    FromUserName: openid,
    CreateTime: seconds(),
    MsgType: 'event',
    Event,
    ...fields,
  };
}
