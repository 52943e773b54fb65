import { decrypt as wecomDecrypt, encrypt as wecomEncrypt, getSignature } from '@wecom/crypto';
import { CallbackDoor, CallbackQuery, isUrlCheck, openCallback, Push } from '../../src/wechat/callback-message';
import { decryptCallback, signatureFits } from '../../src/wechat/callback-crypto';
import { CallbackFields, readCallbackFields } from '../../src/wechat/callback-fields';

// eslint-disable-next-line @typescript-eslint/no-require-imports
const WechatCrypto = require('wechat-crypto') as new (
  token: string,
  key: string,
  id: string,
) => {
  getSignature(timestamp: string, nonce: string, encrypt: string): string;
  encrypt(text: string): string;
};

const KEY = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG';
const OTHER_KEY = 'GFEDCBA9876543210zyxwvutsrqponmlkjihgfedcba';
const APPID = 'wx0000000000000001';
const NOW = 1_700_000_000;
const DOOR: CallbackDoor = { appid: APPID, mode: 'safe', token: 'spamtest', aesKey: KEY, previousAesKey: null };
const EVENT =
  '<xml> <ToUserName> <![CDATA[gh_test]]> </ToUserName> <Event> <![CDATA[user_authorize_invoice]]> </Event>' +
  '<SuccOrderId><![CDATA[1202933957956]]></SuccOrderId><FailOrderId><![CDATA[]]></FailOrderId></xml>';

function push(encrypt: string, token = DOOR.token, timestamp = String(NOW), nonce = 'nonce123') {
  const query: CallbackQuery = {
    timestamp,
    nonce,
    encrypt_type: 'aes',
    msg_signature: getSignature(token, timestamp, nonce, encrypt),
  };
  return {
    query,
    body: `<xml><ToUserName><![CDATA[gh_test]]></ToUserName><Encrypt><![CDATA[${encrypt}]]></Encrypt></xml>`,
  };
}

describe('signatures and encryption of WeChat’s pushes', () => {
  it('fit WeChat’s vectors', () => {
    const check = {
      timestamp: '1714037059',
      nonce: '486452656',
      signature: '899cf89e464efb63f54ddac96b0a0a235f53aa78',
    };
    expect(isUrlCheck({ ...DOOR, token: 'AAAAA' }, check)).toBe(true);
    expect(isUrlCheck({ ...DOOR, token: 'AAAAB' }, check)).toBe(false);
    const first = 'jn1L23DB+6ELqJ+6bruv21Y6MD7KeIfP82D6gU39rmkgczbWwt5+3bnyg5K55bgVtVzd832WzZGMhkP72vVOfg==';
    expect(decryptCallback(first, KEY, 'wxb11529c136998cb6')).toBe('我是中文abcd123');
    expect(signatureFits('82c962d39941aa48552f90ef55aa323dc620cc10', 'pamtest', '1409304348', 'xxxxxx', first)).toBe(
      true,
    );
    const second =
      'Q3stYC6hdFzMh9T8HCvyDIQhNBKAUkwNYBQUOzfOEN1wwe0ur/YUh/iu8nBqcMtmsvDShC9OR79M2UKlt6DzTl7wMYgCZnj/lK+uoaBNfNl7UjTFhyQjAZGGiC9NS8DM';
    expect(decryptCallback(second, KEY, APPID)).toBe('<xml><ToUserName><![CDATA[gh_test]]></ToUserName></xml>');
    expect(
      signatureFits('2690ccb6411e260bd1c0617ae9a74ccb6a4d5605', 'spamtest', '1700000000', 'nonce123', second),
    ).toBe(true);
  });

  it('what wechat-crypto and @wecom/crypto make is taken, and they read what they should', () => {
    const peer = new WechatCrypto(DOOR.token, KEY, APPID);
    for (const encrypted of [peer.encrypt(EVENT), wecomEncrypt(KEY, EVENT, APPID)]) {
      const { query, body } = push(encrypted);
      expect(query.msg_signature).toBe(peer.getSignature(String(NOW), 'nonce123', encrypted));
      expect(fieldsOf(openCallback(DOOR, query, body, NOW))).toMatchObject({
        Event: 'user_authorize_invoice',
        SuccOrderId: '1202933957956',
        FailOrderId: '',
      });
      expect(wecomDecrypt(KEY, encrypted)).toMatchObject({ message: EVENT, id: APPID });
    }
  });

  it('JSON, and the key before the last change, are taken too', () => {
    const json = JSON.stringify({ ToUserName: 'gh', Event: 'x', CreateTime: 1525769761, SPAppId: 'd3h' });
    const { query, body } = push(wecomEncrypt(OTHER_KEY, json, APPID));
    expect(openCallback(DOOR, query, body, NOW)).toBeNull();
    const rotated = { ...DOOR, previousAesKey: OTHER_KEY };
    expect(fieldsOf(openCallback(rotated, query, body, NOW))).toMatchObject({ CreateTime: '1525769761' });
    const outer = JSON.stringify({ ToUserName: 'gh', Encrypt: wecomEncrypt(KEY, json, APPID) });
    const encrypt = (JSON.parse(outer) as { Encrypt: string }).Encrypt;
    expect(fieldsOf(openCallback(DOOR, push(encrypt).query, outer, NOW))).toMatchObject({ Event: 'x' });
  });

  it('each mode takes its own and refuses the others; of a compatible push only the encrypted part counts', () => {
    const encrypt = wecomEncrypt(KEY, EVENT, APPID);
    const safe = push(encrypt);
    const compatible = {
      query: safe.query,
      body: `<xml><Event><![CDATA[forged]]></Event><ToUserName>a</ToUserName><Encrypt><![CDATA[${encrypt}]]></Encrypt></xml>`,
    };
    const signature = getSignature(DOOR.token, String(NOW), 'n', '');
    const plain = { query: { timestamp: String(NOW), nonce: 'n', signature }, body: EVENT };
    const pushes = { safe, compatible, plain };
    for (const mode of ['safe', 'compatible', 'plain'] as const) {
      for (const [name, { query, body }] of Object.entries(pushes)) {
        const opened = fieldsOf(openCallback({ ...DOOR, mode }, query, body, NOW));
        expect([mode, name, opened?.Event ?? null]).toEqual([
          mode,
          name,
          mode === name ? 'user_authorize_invoice' : null,
        ]);
      }
    }
  });

  it.each([
    ['XML', '<xml><Event>a</Event><Event>b</Event></xml>'],
    ['XML, CDATA', '<xml><Code><![CDATA[1]]></Code><Event>a</Event><Code><![CDATA[2]]></Code></xml>'],
    ['JSON', '{"Event":"a","Event":"b"}'],
    ['JSON, escaped', String.raw`{"Event":"a","\u0045vent":"b"}`],
  ])('what names a field twice is kept for a person: nobody could say which of the two counts (%s)', (_, text) => {
    const { query, body } = push(wecomEncrypt(KEY, text, APPID));
    expect(openCallback(DOOR, query, body, NOW)).toEqual({ unreadable: text });
  });

  it.each([
    ['too old', { now: NOW + 601 }],
    ['from the future', { now: NOW - 601 }],
    ['of another token', { token: 'another' }],
    ['for another account', { appid: 'wx0000000000000002' }],
  ])(
    'a push %s is none',
    (_, { now = NOW, token = DOOR.token, appid = APPID }: { now?: number; token?: string; appid?: string }) => {
      const { query, body } = push(wecomEncrypt(KEY, EVENT, appid), token);
      expect(openCallback(DOOR, query, body, now)).toBeNull();
    },
  );

  it.each([
    ['a DOCTYPE', 'declaring', '<!DOCTYPE xml [<!ENTITY a "b">]><xml><a>&a;</a></xml>'],
    ['an entity declared inside', 'declaring', '<xml><!ENTITY a "b"><a>1</a></xml>'],
    [
      'a DOCTYPE between CDATA',
      'declaring',
      '<xml><a><![CDATA[1]]></a></xml><!doctype x><xml><a><![CDATA[1]]></a></xml>',
    ],
    ['a DOCTYPE after CDATA without end', 'declaring', '<xml><![CDATA[<!DOCTYPE x></xml>'],
    [
      'a DOCTYPE that CDATA in a comment hides',
      'declaring',
      '<!-- <![CDATA[ --><!DOCTYPE x><xml><a>1</a></xml><!-- ]]> -->',
    ],
    ['a DOCTYPE that CDATA in an attribute hides', 'declaring', '<xml a="<![CDATA["/><!DOCTYPE x><xml b="]]>"></xml>'],
    ['a DOCTYPE that CDATA in an instruction hides', 'unreadable', '<?x > <![CDATA[ ?><!DOCTYPE x><xml>]]></xml>'],
    ['no XML at all', 'unreadable', 'hello'],
    ['nothing', 'unreadable', ''],
    ['an unclosed element', 'unreadable', '<xml><a>1</xml>'],
    ['another root', 'unreadable', '<html><a>1</a></html>'],
    ['too much', 'unreadable', `<xml><a>${'x'.repeat(70_000)}</a></xml>`],
    ['too many elements', 'unreadable', `<xml>${'<a>1</a>'.repeat(600)}</xml>`],
    ['elements too deep', 'unreadable', `<xml>${'<a>'.repeat(400)}${'</a>'.repeat(400)}</xml>`],
    ['a list', 'unreadable', '[1]'],
    ['half a JSON', 'unreadable', '{"Event":'],
    ['lists too deep', 'unreadable', `{"a":${'['.repeat(30_000)}${']'.repeat(30_000)}}`],
  ])('%s is %s', (_, kind, text) => expect(readCallbackFields(text)).toEqual({ kind }));

  it.each([
    ['entities stay as they are', '<xml><a>&lt;&#49;</a><n>007</n></xml>', { a: '&lt;&#49;', n: '007' }],
    ['nested things stand as JSON', '<xml><b><c>1</c></b><d>1</d><d>2</d></xml>', { b: '{"c":"1"}', d: '["1","2"]' }],
    ['nested things of JSON too', '{"b":{"c":[1]},"t":true,"z":null}', { b: '{"c":[1]}', t: 'true' }],
    ['a DOCTYPE that is text', '<xml><a><![CDATA[<!DOCTYPE x>]]></a></xml>', { a: '<!DOCTYPE x>' }],
    ['names of other kinds', '<xml><a-b.c>1</a-b.c><票>2</票></xml>', { 'a-b.c': '1', 票: '2' }],
    ['every digit of a number', '{"CardId":4324363860661076972}', { CardId: '4324363860661076972' }],
    ['a NUL that JSON escapes', '{"Event":"a\\u0000b"}', { Event: 'a\uFFFDb' }],
    ['an XML declaration', '<?xml version="1.0" encoding="UTF-8"?>\n<xml><a>1</a></xml>', { a: '1' }],
    ['a hundred fields', `{${Array.from({ length: 100 }, (_, n) => `"f${n}":${n}`).join()}}`, { f99: '99' }],
  ])('%s', (_, text, fields) => {
    expect({ ...(readCallbackFields(text) as { fields: CallbackFields }).fields }).toMatchObject(fields);
  });

  it('nothing is taken from a prototype', () => {
    const reading = readCallbackFields('{"a":"1","__proto__":{"Event":"x"}}') as { fields: CallbackFields };
    expect(['toString' in reading.fields, reading.fields.Event]).toEqual([false, undefined]);
  });

  it('a signed text that nobody can read is WeChat’s all the same; one that declares something is not taken', () => {
    for (const text of ['hello', '<html/>', '[]']) {
      const { query, body } = push(wecomEncrypt(KEY, text, APPID));
      expect(openCallback(DOOR, query, body, NOW)).toEqual({ unreadable: text });
      const unsigned = { ...query, msg_signature: 'x' };
      expect(openCallback(DOOR, unsigned, body, NOW)).toBeNull();
    }
    const { query, body } = push(wecomEncrypt(KEY, '<!DOCTYPE xml><xml><Event>x</Event></xml>', APPID));
    expect(openCallback(DOOR, query, body, NOW)).toBeNull();
  });
});

function fieldsOf(push: Push | null): CallbackFields | null {
  return push && 'fields' in push ? push.fields : null;
}
