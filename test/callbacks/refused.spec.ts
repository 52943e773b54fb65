import { encrypt, getSignature } from '@wecom/crypto';
import pino from 'pino';
import { request } from 'undici';
import { query } from '../support/databases';
import { APPID, Json } from '../support/world';
import { ADMIN, AES_KEY, event, Push, Pushes, seconds, TOKEN } from './pushes';

const OTHER = 'wx1111111111111111';
const OTHER_TOKEN = 'tokenoftheother';
const OTHER_KEY = 'GFEDCBA9876543210zyxwvutsrqponmlkjihgfedcba';
const STATUS = event('update_invoice_status', { Status: 'x', CardId: 'c', Code: '1' });

describe('a push that is refused', () => {
  let pushes: Pushes;
  const logged: Json[] = [];
  beforeAll(async () => {
    const log = pino({ level: 'warn' }, { write: (line: string) => void logged.push(JSON.parse(line) as Json) });
    pushes = await Pushes.start({ log });
    await pushes.administrate('POST', '/v1/admin/accounts', { appid: OTHER, role: 'merchant', secret: 'other-secret' });
    await setCallback(OTHER, OTHER_TOKEN, OTHER_KEY);
  });
  afterAll(() => pushes.world.end());
  beforeEach(async () => {
    // Saving the settings forgets what was refused before.
    await setCallback(APPID, TOKEN, AES_KEY);
    await setCallback(OTHER, OTHER_TOKEN, OTHER_KEY);
    await pushes.forget();
    logged.length = 0;
  });

  const setCallback = (appid: string, token: string, encoding_aes_key: string) =>
    pushes.administrate('PUT', `/v1/admin/accounts/${appid}/callback`, { mode: 'safe', token, encoding_aes_key });
  const refuse = async (push: Push) => expect(await pushes.send(push)).toEqual({ status: 403, text: 'refused' });
  const findings = async (appid = APPID, how: 'check' | 'list' = 'list') => {
    const { world } = pushes;
    const { body } = await (how === 'check'
      ? world.post(`/v1/admin/accounts/${appid}/check`, {}, ADMIN)
      : world.get('/v1/admin/accounts', ADMIN));
    const of = how === 'check' ? body : (body.items as Json[]).find((one) => one.appid === appid);
    return (of.findings as Json[]).filter(({ code }) => /^(push|url_check)_/.test(code as string));
  };
  const counted = async (reason: string) => {
    const text = (await (await fetch(`${pushes.world.service.url}/metrics`)).text()).split('\n');
    return Number(text.find((line) => line.includes(`pushes_refused_total{reason="${reason}"}`))?.split(' ')[1] ?? 0);
  };
  const plain = (): Push => {
    const [timestamp, nonce] = [seconds(), 'n'];
    const parameters = { timestamp, nonce, signature: getSignature(TOKEN, timestamp, nonce, '') };
    return {
      url: `${pushes.address}?${new URLSearchParams(parameters).toString()}`,
      body: '<xml><Event>x</Event></xml>',
    };
  };
  const altered = (push: Push, change: (body: string) => string): Push => ({ ...push, body: change(push.body) });
  /** As WeChat's real ones, whose address is signed besides. */
  const withAddressSigned = (push: Push): Push => {
    const parameters = new URL(push.url).searchParams;
    const [timestamp, nonce] = [parameters.get('timestamp') as string, parameters.get('nonce') as string];
    return { ...push, url: `${push.url}&signature=${getSignature(TOKEN, timestamp, nonce, '')}` };
  };
  const forged = (push: Push): Push => ({
    ...push,
    url: push.url.replace(/msg_signature=\w+/, `msg_signature=${'0'.repeat(40)}`),
  });
  const long = (ago: number) => String(Number(seconds()) - ago);
  const to = (appid: string, key = AES_KEY) => ({ appid, address: pushes.address, key });

  it.each<[reason: string, code: string, word: RegExp, push: () => Push]>([
    ['token', 'push_token_differs', /Token/, () => forged(pushes.sealed(STATUS))],
    ['key', 'push_key_differs', /EncodingAESKey/, () => pushes.sealed(STATUS, seconds(), to(APPID, OTHER_KEY))],
    ['appid', 'push_of_another_account', /appid/, () => pushes.sealed(STATUS, seconds(), to('wx2222222222222222'))],
    ['clock', 'push_clock', /NTP/, () => pushes.sealed(STATUS, long(700))],
    ['mode_plain', 'push_mode_differs', /明文模式/, plain],
    [
      'mode_compatible',
      'push_mode_differs',
      /兼容模式/,
      () => altered(pushes.sealed(STATUS), (body) => body.replace('<xml>', '<xml><Event>x</Event>')),
    ],
    [
      'damaged',
      'push_damaged',
      /代理/,
      () => withAddressSigned(altered(pushes.sealed(STATUS), (body) => body.slice(0, -40))),
    ],
  ])(
    'for its %s leaves a finding that says so (%s), a line in the log and a count',
    async (reason, code, word, push) => {
      const before = await counted(reason);
      for (let n = 0; n < 5; n += 1) await refuse(push());
      expect(await counted(reason)).toBe(before + 5);
      for (const how of ['check', 'list'] as const) {
        const found = await findings(APPID, how);
        expect(found).toMatchObject([{ code, severity: 'warning', advice: expect.stringMatching(word) as string }]);
        expect(found[0]?.advice_en).toMatch(/At least 1 within the day/);
      }
      // One line for all of them, and nothing in it that a stranger could use.
      expect(logged).toMatchObject([{ msg: 'push refused', appid: APPID, reason, count: 1 }]);
      expect(JSON.stringify([logged, await findings()])).not.toMatch(new RegExp(`${TOKEN}|${AES_KEY}|<xml>`));
      expect(await pushes.rows()).toEqual([]);
    },
  );

  it('at the address of another account, or of none, is told to the account whose it is', async () => {
    const address = `${pushes.world.service.url}/wechat/callbacks`;
    // Whose a push is, is looked for once a second at most.
    const aSecond = () => new Promise((resume) => setTimeout(resume, 1000));
    await aSecond();
    await refuse(pushes.sealed(STATUS, seconds(), { appid: APPID, address: `${address}/wx_nobody` }));
    expect(await findings()).toMatchObject([{ code: 'push_at_wrong_address' }]);
    expect(logged).toMatchObject([
      { appid: null, reason: 'account', address: 'wx_nobody' },
      { appid: APPID, reason: 'address', address: 'wx_nobody' },
    ]);

    await setCallback(APPID, TOKEN, AES_KEY);
    await aSecond();
    await refuse(pushes.sealed(STATUS, seconds(), { appid: APPID, address: `${address}/${OTHER}` }));
    expect(await findings()).toMatchObject([{ code: 'push_at_wrong_address' }]);
    expect(await findings(OTHER)).toMatchObject([{ code: 'push_token_differs' }]);
  });

  it('is no finding any more once one was taken, or the settings were saved', async () => {
    await refuse(pushes.sealed(STATUS, long(700)));
    expect(await findings()).toHaveLength(1);
    await pushes.tell(STATUS);
    expect(await findings()).toEqual([]);

    await pushes.forget();
    expect(await findings()).toHaveLength(1);
    await setCallback(APPID, TOKEN, AES_KEY);
    expect(await findings()).toEqual([]);
  });

  it('WeChat’s check of the address: what failed is said, until it passes', async () => {
    const check = async (token: string) => {
      const [timestamp, nonce] = [seconds(), 'n'];
      const signature = getSignature(token, timestamp, nonce, '');
      const parameters = new URLSearchParams({ timestamp, nonce, signature, echostr: '42' });
      return (await request(`${pushes.address}?${parameters.toString()}`)).statusCode;
    };
    expect(await check('anothertoken')).toBe(403);
    expect(await findings()).toMatchObject([{ code: 'url_check_refused' }]);
    expect(await check(TOKEN)).toBe(200);
    expect(await findings()).toEqual([]);
  });

  it('whoever looks in without a signature is counted, and blames no account', async () => {
    const before = await counted('unsigned');
    for (const method of ['GET', 'POST'] as const) {
      expect(
        (await request(pushes.address, { method, body: method === 'POST' ? '<xml/>' : undefined })).statusCode,
      ).toBe(403);
    }
    // A GET without an echo is nobody's check.
    expect(await counted('unsigned')).toBeGreaterThan(before);
    expect(await findings()).toEqual([]);
  });

  it('a flood of forged ones costs a line and a row now and then, and WeChat’s own are taken meanwhile', async () => {
    await Promise.all(Array.from({ length: 300 }, () => pushes.send(forged(pushes.sealed(STATUS)))));
    await pushes.tell(STATUS);
    expect(logged.length).toBeLessThan(5);
    expect(await query(pushes.world.databaseUrl, 'SELECT reason FROM refused_pushes')).toHaveLength(1);
  });

  it('names what was encrypted for somebody else by what it is, whatever stands around it', async () => {
    const Encrypt = encrypt(AES_KEY, '<xml><Event>x</Event></xml>', 'wx2222222222222222');
    const [timestamp, nonce] = [seconds(), 'n'];
    const parameters = {
      timestamp,
      nonce,
      encrypt_type: 'aes',
      msg_signature: getSignature(TOKEN, timestamp, nonce, Encrypt),
    };
    await refuse({
      url: `${pushes.address}?${new URLSearchParams(parameters).toString()}`,
      body: JSON.stringify({ Encrypt }),
    });
    expect(await findings()).toMatchObject([{ code: 'push_of_another_account' }]);
  });
});
