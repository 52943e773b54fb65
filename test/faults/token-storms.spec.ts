import { ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Sandbox, startSandbox } from '../../src/sandbox/sandbox';
import { Chance } from '../../src/sandbox/state/chance';
import { createDatabase } from '../support/databases';
import { APPID, Json } from '../support/world';

const LONG = Boolean(process.env.LONG);
const SEED = process.env.SEED ?? String(Date.now() % 100_000);
const PROCESSES = 4;
const SENDERS = 16;
const ROTATIONS = LONG ? 50 : 4;
const KILLS = LONG ? 5 : 1;
const STABLE_TOKEN = '/cgi-bin/stable_token';

/** Somebody else fetches a token of the same account again and again: each time every call in flight is refused. */
describe('a storm of dead tokens', () => {
  let sandbox: Sandbox;
  beforeEach(async () => {
    sandbox = await startSandbox({ calm: true, seed: SEED });
  });
  afterEach(() => sandbox.close());
  const rotate = () => control(sandbox, 'POST', '/rotate-token', { appid: APPID, family: 'stable', at_once: true });

  it(`${PROCESSES} processes with ${SENDERS} senders each fetch once a rotation, and once more for one that is killed`, async () => {
    const chance = new Chance(`storm ${SEED}`);
    const database = await createDatabase();
    const senders = Array.from({ length: PROCESSES }, () => new Senders(database.url, sandbox.url));
    let kills = 0;
    try {
      await Promise.all(senders.map((one) => one.goesOn(0)));
      for (let n = 0; n < ROTATIONS; n += 1) {
        const before = Math.max(...senders.map(({ generation }) => generation));
        await rotate();
        if (n % (ROTATIONS / KILLS) === 2) {
          await sleep(chance.between(0, 30));
          kills += 1;
          await (senders[chance.between(0, PROCESSES - 1)] as Senders).restart();
        }
        await Promise.all(senders.map((one) => one.goesOn(before)));
      }
      const fetches = await requestsOf(sandbox, STABLE_TOKEN);
      console.log(`seed ${SEED}: ${fetches} fetches, ${ROTATIONS} rotations, ${kills} kills`);
      expect(kills).toBe(KILLS);
      expect(fetches).toBeGreaterThanOrEqual(ROTATIONS);
      expect(fetches).toBeLessThanOrEqual(1 + ROTATIONS + KILLS);
    } finally {
      await Promise.all(senders.map((one) => one.end()));
      await database.drop();
    }
  }, 240_000);

  it('whoever fetches at every refusal, without comparing generations, breaks that bound many times over', async () => {
    let token = await fetchToken(sandbox);
    let over = false;
    const sender = async () => {
      while (!over) {
        const { errcode } = await call(`${sandbox.url}/card/invoice/insert?access_token=${token}`, {});
        if (errcode === 40001) token = await fetchToken(sandbox);
      }
    };
    const senders = Array.from({ length: PROCESSES * SENDERS }, sender);
    for (let n = 0; n < ROTATIONS; n += 1) {
      await sleep(100);
      await rotate();
    }
    await sleep(100);
    over = true;
    await Promise.all(senders);
    expect(await requestsOf(sandbox, STABLE_TOKEN)).toBeGreaterThan(5 * (1 + ROTATIONS + KILLS));
  }, 60_000);
});

/** A process of senders, as its parent sees it. */
class Senders {
  /** The newest that WeChat took from it. */
  generation = 0;
  private child: ChildProcess;

  constructor(
    private readonly databaseUrl: string,
    private readonly wechatUrl: string,
  ) {
    this.child = this.start();
  }

  /** Once a token newer than this one was taken. */
  async goesOn(after: number): Promise<void> {
    for (const end = Date.now() + 30_000; this.generation <= after; await sleep(5)) {
      if (Date.now() > end) throw new Error(`no call got through with a token after generation ${after}`);
    }
  }

  async restart(): Promise<void> {
    await this.end();
    this.generation = 0;
    this.child = this.start();
  }

  async end(): Promise<void> {
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGKILL');
    await gone;
  }

  private start(): ChildProcess {
    const child = fork(join(__dirname, 'token-sender.js'), [this.databaseUrl, this.wechatUrl, String(SENDERS)]);
    child.on('message', (generation) => (this.generation = Number(generation)));
    return child;
  }
}

async function fetchToken(sandbox: Sandbox): Promise<string> {
  const secret = { grant_type: 'client_credential', appid: APPID, secret: 'sandbox-secret' };
  return (await call(sandbox.url + STABLE_TOKEN, secret)).access_token as string;
}

async function requestsOf(sandbox: Sandbox, path: string): Promise<number> {
  const { requests } = await control(sandbox, 'GET', `/ledger?path=${path}`);
  return (requests as Json[]).length;
}

async function call(url: string, body: object): Promise<Json> {
  const answer = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  return (await answer.json()) as Json;
}

async function control(sandbox: Sandbox, method: string, path: string, body?: object): Promise<Json> {
  const answer = await fetch(sandbox.controlUrl + path, {
    method,
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  return (await answer.json()) as Json;
}
