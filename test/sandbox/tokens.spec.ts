import { APPID, WechatCaller } from './wechat-caller';

describe('access tokens', () => {
  let wechat: WechatCaller;
  beforeAll(async () => (wechat = await WechatCaller.start()));
  beforeEach(() => wechat.control('POST', '/reset'));
  afterAll(() => wechat.sandbox.close());

  const plain = async () =>
    (await wechat.raw('GET', `/cgi-bin/token?grant_type=client_credential&appid=${APPID}&secret=s`)).json;
  const stable = async (force_refresh = false) => {
    const body = { grant_type: 'client_credential', appid: APPID, secret: 's', force_refresh };
    return (await wechat.raw('POST', '/cgi-bin/stable_token', JSON.stringify(body))).json;
  };
  const use = async (token: string) =>
    (await wechat.raw('POST', `/card/invoice/seturl?access_token=${token}`, '{}')).json.errcode;
  const advance = (advance_seconds: number) => wechat.control('POST', '/clock', { advance_seconds });

  it('lets an old plain token work five minutes beside the new one, then calls it "not latest"', async () => {
    const first = await plain();
    expect(first).toEqual({ access_token: expect.stringMatching(/^\d+_[\w-]{100,}$/), expires_in: 7200 });
    const second = await plain();
    await advance(299);
    expect([await use(first.access_token), await use(second.access_token)]).toEqual([0, 0]);
    await advance(2);
    expect([await use(first.access_token), await use(second.access_token)]).toEqual([40001, 0]);
    await advance(7200);
    expect(await use(second.access_token)).toBe(42001);
  });

  it('gives the same stable token until its last five minutes, then a new one with both valid', async () => {
    const first = await stable();
    await advance(3600);
    const again = await stable();
    expect(again.access_token).toBe(first.access_token);
    expect(again.expires_in).toBeLessThanOrEqual(3600);
    await advance(3600 - 299);
    const second = await stable();
    expect(second.access_token).not.toBe(first.access_token);
    expect([await use(first.access_token), await use(second.access_token)]).toEqual([0, 0]);
    await advance(300);
    expect([await use(first.access_token), await use(second.access_token)]).toEqual([42001, 0]);
  });

  it('kills the stable token at once on force_refresh, not twice within 30 s, 20 times a day', async () => {
    const first = await stable();
    const second = await stable(true);
    expect([await use(first.access_token), await use(second.access_token)]).toEqual([40001, 0]);
    expect((await stable(true)).access_token).toBe(second.access_token);
    let refused = 0;
    for (let i = 0; i < 20; i += 1) {
      await advance(31);
      if ((await stable(true)).errcode === 45009) refused += 1;
    }
    expect(refused).toBe(1);
  });

  it('keeps the two families apart', async () => {
    const [a, b] = [await plain(), await stable()];
    await plain();
    await advance(301);
    expect([await use(a.access_token), await use(b.access_token)]).toEqual([40001, 0]);
  });

  it('lets somebody else take the token away', async () => {
    const [a, b] = [await plain(), await stable()];
    await wechat.control('POST', '/rotate-token', { appid: APPID, family: 'plain' });
    await wechat.control('POST', '/rotate-token', { appid: APPID, family: 'stable' });
    expect([await use(a.access_token), await use(b.access_token)]).toEqual([0, 40001]);
    await wechat.control('POST', '/rotate-token', { appid: APPID, at_once: true });
    expect(await use((await plain()).access_token)).toBe(0);
  });

  it('tells a missing, a malformed and an unknown token apart', async () => {
    const answer = (await wechat.raw('POST', '/card/invoice/seturl', '{}')).json;
    expect(answer.errcode).toBe(41001);
    expect(answer.errmsg).toMatch(/^access_token missing rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$/);
    expect(await use('rubbish')).toBe(40014);
    expect(await use(`77_${'a'.repeat(130)}`)).toBe(40001);
  });

  it('knows only the accounts it was given', async () => {
    const strict = await WechatCaller.start({ accounts: new Map([[APPID, 'right']]) });
    const ask = async (query: string) => (await strict.raw('GET', `/cgi-bin/token?${query}`)).json.errcode;
    expect(await ask(`grant_type=client_credential&appid=${APPID}&secret=right`)).toBeUndefined();
    expect(await ask(`grant_type=client_credential&appid=${APPID}&secret=wrong`)).toBe(40125);
    expect(await ask('grant_type=client_credential&appid=wx0000000000000001&secret=right')).toBe(40013);
    expect(await ask(`grant_type=password&appid=${APPID}&secret=right`)).toBe(40002);
    expect(await ask(`grant_type=client_credential&appid=${APPID}`)).toBe(41004);
    await strict.sandbox.close();
  });
});
