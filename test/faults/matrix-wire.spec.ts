import { Outcome } from '../../src/domain/outcome';
import { Metrics } from '../../src/metrics';
import { Answer } from '../../src/wechat/answer';
import { json, WechatClient } from '../../src/wechat/client';
import { Transport } from '../../src/wechat/transport';
import { insertVerdict, tokenVerdict, uploadVerdict } from '../../src/wechat/verdict';
import { differences, NOW, PRIORS, sending, waiting } from './matrix-check';
import { Fate, FATES } from './matrix-table';
import { WIRE_MODES, WireMode } from './wire-modes';

/** What only the deadline ends; and what ends by itself, on however slow a machine. */
const DEADLINE_MS = { endless: 1500, other: 20_000 };

interface RemoteCall {
  table: keyof typeof FATES;
  call(client: WechatClient): Promise<Answer>;
  verdict: (answer: Answer) => Outcome | null;
  /** A GET has no body by which to tell that it never left; it changes nothing either. */
  proves: boolean;
}

const verdictOfToken = (answer: Answer) => tokenVerdict(answer, NOW);

const CALLS: Record<string, RemoteCall> = {
  insert: {
    table: 'insert',
    call: (client) => client.insert('T', json({ order_id: '1' })),
    verdict: (answer) => insertVerdict(answer, NOW),
    proves: true,
  },
  setpdf: {
    table: 'setpdf',
    call: (client) => client.setpdf('T', Buffer.from('%PDF-1.7')),
    verdict: (answer) => uploadVerdict(answer, NOW),
    proves: true,
  },
  stable_token: {
    table: 'token',
    call: (client) => client.fetchStableToken('wx', 's'),
    verdict: verdictOfToken,
    proves: true,
  },
  token: {
    table: 'token',
    call: (client) => client.fetchPlainToken('wx', 's'),
    verdict: verdictOfToken,
    proves: false,
  },
};

interface Met {
  answer: Answer;
  requests: number;
}

/** Real sockets, one server a call; what came of it is held against the table of the fault matrix. */
describe('what happens on the way', () => {
  const met = new Map<string, Met>();
  const cells = WIRE_MODES.flatMap((mode) => Object.keys(CALLS).map((name) => [mode.name, name, mode] as const));

  beforeAll(async () => {
    await Promise.all(cells.map(async ([mode, name, wire]) => met.set(`${mode}|${name}`, await meet(wire, name))));
  }, 60_000);

  it.each(cells)('%s: %s', (modeName, name, mode) => {
    const { answer, requests } = met.get(`${modeName}|${name}`) as Met;
    const { table, verdict, proves } = CALLS[name] as RemoteCall;
    // Never a second request, whatever the first one met.
    if (mode.arrives !== null) expect(requests).toBe(mode.arrives ? 1 : 0);
    const fate = fateOf(mode, answer);
    if (answer.kind === 'no_answer' && proves) expect(answer.sent).toBe(fate !== 'unsent');
    for (const prior of PRIORS) {
      const before = table === 'insert' ? sending(prior) : waiting(prior);
      const outcome = verdict(answer) as Outcome;
      expect([prior, ...differences(before, outcome, FATES[table][fate][prior])]).toEqual([prior]);
    }
  });

  it('has a cell for each of them, and would not let silence pass for absence', () => {
    expect(cells.length * PRIORS.length).toBeGreaterThan(300);
    const silent = WIRE_MODES.filter(
      ({ name, fate }) => fate === 'vain' && met.get(`${name}|insert`)?.answer.kind === 'no_answer',
    );
    expect(silent.length).toBeGreaterThan(8);
    for (const { name } of silent) {
      const { answer } = met.get(`${name}|insert`) as Met;
      const mistaken = insertVerdict({ ...answer, sent: false } as Answer, NOW);
      expect(differences(sending('fresh'), mistaken, FATES.insert.vain.fresh)).not.toEqual([]);
    }
  });
});

async function meet(mode: WireMode, name: string): Promise<Met> {
  const server = await mode.open();
  const transport = new Transport(server.url, 1, new Metrics());
  const deadline = DEADLINE_MS[mode.endless ? 'endless' : 'other'];
  const client = new WechatClient(transport, { call: deadline, token: deadline });
  try {
    return { answer: await (CALLS[name] as RemoteCall).call(client), requests: server.requests() };
  } finally {
    server.close();
    await transport.close();
  }
}

/** Where the network chose, undici's word that nothing was written decides what is true. */
function fateOf({ arrives, fate }: WireMode, answer: Answer): Fate {
  return arrives === null && answer.kind === 'no_answer' && !answer.sent ? 'unsent' : fate;
}
