import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { connect } from '../../src/data/data-source';
import { asEngine } from '../../src/data/statement';
import { bringForward, Waiting } from '../../src/insertion/bring-forward';
import { createDatabase, query } from '../support/databases';

const ISSUER = 'wxissuer';
const QUIET_SECONDS = 60;
const MERCHANT = randomUUID();

/** Ages and waits in seconds: when it was made, last touched and uploaded, and when it is due by itself. */
interface Row {
  state: string;
  made?: number;
  touched?: number;
  uploaded?: number;
  dueIn?: number | null;
  claimed?: boolean;
  issuer?: string;
  merchant?: string;
  /** Since a restore, this many seconds ago. */
  doubted?: number;
}

const HOUR = 3600;

/** Whether a reconciliation lets it be due now. An upload at WeChat lives for 66 hours here; the last tenth is near its end. */
const SITUATIONS: [name: string, row: Row, broughtForward: boolean][] = [
  ['awaits its user', { state: 'awaiting_authorization' }, true],
  ['awaits its user, in a worker’s hands', { state: 'awaiting_authorization', claimed: true }, false],
  ['awaits its user, asked after the run began', { state: 'awaiting_authorization', touched: -5 }, false],
  ['awaits its user, due this very moment', { state: 'awaiting_authorization', dueIn: 0.5 }, false],
  [
    'awaits its user in a database that was restored this minute',
    { state: 'awaiting_authorization', doubted: QUIET_SECONDS / 2 },
    false,
  ],
  [
    'awaits its user in a database that was restored a while ago',
    { state: 'awaiting_authorization', doubted: 2 * QUIET_SECONDS },
    true,
  ],
  ['in doubt, its quiet period over', { state: 'in_doubt' }, true],
  ['in doubt, within its quiet period', { state: 'in_doubt', touched: QUIET_SECONDS / 2 }, false],
  ['likely inserted', { state: 'likely_inserted' }, true],
  ['its upload near its end, due too late', { state: 'uploaded', uploaded: 60 * HOUR, dueIn: 10 * HOUR }, true],
  ['its upload near its end, due in time', { state: 'uploaded', uploaded: 60 * HOUR, dueIn: HOUR }, false],
  ['its upload fresh', { state: 'uploaded', uploaded: HOUR, dueIn: 70 * HOUR }, false],
  ['to be tried again later', { state: 'accepted' }, false],
  ['left to a person', { state: 'needs_human', dueIn: null }, false],
  ['of another account', { state: 'in_doubt', issuer: 'wxother' }, false],
  ['of another merchant', { state: 'in_doubt', merchant: randomUUID() }, false],
  ['too old for the run', { state: 'in_doubt', made: 500 * HOUR }, false],
  ['too young for the run', { state: 'in_doubt', made: HOUR / 2, touched: QUIET_SECONDS * 2 }, false],
];

describe('what a reconciliation brings forward', () => {
  let url: string;
  let drop: () => Promise<void>;
  let dataSource: DataSource;
  beforeAll(async () => {
    ({ url, drop } = await createDatabase());
    dataSource = await connect(url);
  });
  beforeEach(() => query(url, 'DELETE FROM insertions', [], 'SET session_replication_role = replica'));
  afterAll(async () => {
    await dataSource.destroy();
    await drop();
  });

  async function put(row: Row): Promise<string> {
    const { state, made = 100 * HOUR, touched = HOUR, uploaded, dueIn = HOUR, claimed, issuer = ISSUER } = row;
    const doubtful = state === 'in_doubt' || state === 'likely_inserted';
    const doubted = row.doubted ?? (doubtful ? touched : null);
    const id = randomUUID();
    await query(
      url,
      `INSERT INTO insertions (merchant_id, id, issuer_appid, created_at, updated_at, state, due_at, claimed_by, media_id,
                               uploaded_at, doubt_since)
       SELECT $1, $2, $3, ago($4), ago($5), $6, now() + make_interval(secs => $7), $8, CASE WHEN $9::float8 IS NOT NULL THEN 'm' END,
              ago($9), ago($10)`.replace(/ago\((\$\d+)\)/g, 'now() - make_interval(secs => $1::float8)'),
      [
        row.merchant ?? MERCHANT,
        id,
        issuer,
        made,
        touched,
        state,
        dueIn,
        claimed ? 'w' : null,
        uploaded ?? null,
        doubted,
      ],
      'SET session_replication_role = replica',
    );
    return id;
  }

  const bring = (given: Partial<Waiting> = {}) =>
    asEngine(dataSource, (client) =>
      bringForward(client, {
        issuerAppid: ISSUER,
        merchantId: MERCHANT,
        from: new Date(Date.now() - 400 * HOUR * 1000),
        to: new Date(Date.now() - HOUR * 1000),
        untouchedSince: new Date(),
        quietSeconds: QUIET_SECONDS,
        limit: 100,
        ...given,
      }),
    );
  const dueNow = async () =>
    (await query<{ id: string }>(url, `SELECT id FROM insertions WHERE due_at < now() + interval '10 seconds'`)).map(
      ({ id }) => id,
    );
  const states = () => query(url, 'SELECT id, state, claimed_by, fence, attempts FROM insertions ORDER BY id');

  it.each(SITUATIONS)('%s', async (_, row, broughtForward) => {
    const id = await put(row);
    const before = await states();
    expect(await bring()).toBe(broughtForward ? 1 : 0);
    const soon = row.dueIn !== undefined && row.dueIn !== null && row.dueIn < 10;
    expect(await dueNow()).toEqual(broughtForward || soon ? [id] : []);
    // When it is due is all that changes: what becomes of it is the worker's own path.
    expect(await states()).toEqual(before);
  });

  it('each once in a run, however many pages it takes and however long they queue', async () => {
    const waiting = await Promise.all(Array.from({ length: 60 }, () => put({ state: 'in_doubt', touched: 80 * HOUR })));
    const untouchedSince = new Date();
    let brought = 0;
    for (let page = 0; page < 5; page += 1) brought += await bring({ untouchedSince, limit: 40 });
    expect(brought).toBe(waiting.length);
    // The next run may again.
    expect(await bring({ limit: 100 })).toBeGreaterThan(0);
  });

  it('no more than it may, the nearest deadline first', async () => {
    const upload = await put({ state: 'uploaded', uploaded: 65 * HOUR, dueIn: 10 * HOUR });
    await put({ state: 'uploaded', uploaded: 60 * HOUR, dueIn: 10 * HOUR });
    const doubt = await put({ state: 'in_doubt', touched: 80 * HOUR });
    expect(await bring({ limit: 2 })).toBe(2);
    expect((await dueNow()).sort()).toEqual([upload, doubt].sort());
  });
});
