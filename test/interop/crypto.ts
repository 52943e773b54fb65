import { deepStrictEqual, match, strictEqual } from 'node:assert';
import { createServer } from 'node:http';
import { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { CallbackDoor, openCallback } from '../../src/wechat/callback-message';
import { AES_KEY, APPID, Check, InteropWorld, TOKEN } from './check';

const DOOR: CallbackDoor = { appid: APPID, mode: 'safe', token: TOKEN, aesKey: AES_KEY, previousAesKey: null };
const EVENT =
  '<xml><ToUserName><![CDATA[gh_fc0a06a20993]]></ToUserName><Event><![CDATA[user_authorize_invoice]]></Event>' +
  '<SuccOrderId><![CDATA[发票1]]></SuccOrderId><FailOrderId><![CDATA[]]></FailOrderId></xml>';

interface Heard {
  query: Record<string, string>;
  encrypt: string;
}

/** One push of the simulated WeChat, as it comes to a receiver. */
async function pushed({ wechat }: InteropWorld, style: object): Promise<Heard> {
  let heard: Heard | undefined;
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
      const encrypt = /"Encrypt":"([^"]+)"|<Encrypt><!\[CDATA\[([^\]]+)/.exec(body);
      heard = { query: Object.fromEntries(searchParams), encrypt: encrypt?.[1] ?? encrypt?.[2] ?? '' };
      response.end('success');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const target = { url, token: TOKEN, encoding_aes_key: AES_KEY, appid: APPID, ...style };
  const fields = { SuccOrderId: '发票1', FailOrderId: '' };
  await wechat.control('POST', '/events', { ...target, event: 'user_authorize_invoice', fields });
  server.close();
  return heard as Heard;
}

/** What such a push would say to us. */
function ours(encrypt: string, timestamp: string, msg_signature: string): unknown {
  const query = { timestamp, nonce: 'n', encrypt_type: 'aes', msg_signature };
  const push = openCallback(DOOR, query, JSON.stringify({ ToUserName: 'gh', Encrypt: encrypt }), Number(timestamp));
  return push && 'fields' in push ? push.fields.SuccOrderId : push;
}

const STYLES = [{ format: 'xml' }, { format: 'json' }, { mode: 'compatible' }];

export const cryptoChecks: Check[] = [
  {
    peer: 'wechat-crypto',
    what: 'finds the simulated WeChat’s pushes genuine and reads them (XML, JSON, compatible mode)',
    async work(world) {
      const peer = new world.peers.WechatCrypto(TOKEN, AES_KEY, APPID);
      for (const style of STYLES) {
        const { query, encrypt } = await pushed(world, style);
        strictEqual(peer.getSignature(query.timestamp ?? '', query.nonce ?? '', encrypt), query.msg_signature);
        const { message, id } = peer.decrypt(encrypt);
        strictEqual(id, APPID);
        match(message, /user_authorize_invoice.*发票1/);
      }
    },
  },
  {
    peer: 'wechat-crypto',
    what: 'makes pushes that we take, and that we refuse once they are altered',
    async work({ peers }) {
      const peer = new peers.WechatCrypto(TOKEN, AES_KEY, APPID);
      const [encrypt, timestamp] = [peer.encrypt(EVENT), '1700000000'];
      const signature = peer.getSignature(timestamp, 'n', encrypt);
      deepStrictEqual(
        [ours(encrypt, timestamp, signature), ours(`A${encrypt}`, timestamp, signature)],
        ['发票1', null],
      );
      return Promise.resolve();
    },
  },
  {
    peer: '@wecom/crypto',
    what: 'finds the simulated WeChat’s pushes genuine and reads them (XML, JSON, compatible mode)',
    async work(world) {
      const { decrypt, getSignature } = world.peers.wecomCrypto;
      for (const style of STYLES) {
        const { query, encrypt } = await pushed(world, style);
        strictEqual(getSignature(TOKEN, query.timestamp ?? '', query.nonce ?? '', encrypt), query.msg_signature);
        const { message, id } = decrypt(AES_KEY, encrypt);
        strictEqual(id, APPID);
        match(message, /user_authorize_invoice.*发票1/);
      }
    },
  },
  {
    peer: '@wecom/crypto',
    what: 'makes pushes that we take, and that we refuse once they are altered',
    async work({ peers }) {
      const { encrypt: seal, getSignature } = peers.wecomCrypto;
      const [encrypt, timestamp] = [seal(AES_KEY, EVENT, APPID), '1700000000'];
      const signature = getSignature(TOKEN, timestamp, 'n', encrypt);
      deepStrictEqual(
        [ours(encrypt, timestamp, signature), ours(`A${encrypt}`, timestamp, signature)],
        ['发票1', null],
      );
      return Promise.resolve();
    },
  },
];
