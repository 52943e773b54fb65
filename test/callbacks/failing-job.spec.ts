import { makeLog } from '../../src/log';
import { query } from '../support/databases';
import { Json } from '../support/world';
import { event, Pushes } from './pushes';

describe('a job that fails', () => {
  const lines: string[] = [];
  let pushes: Pushes;
  beforeAll(async () => {
    pushes = await Pushes.start({ log: makeLog('error', { write: (line) => void lines.push(line) }) });
  });
  afterAll(() => pushes.world.end());

  it('is logged by its name and the kind of its error, never by the error’s words', async () => {
    await query(
      pushes.world.databaseUrl,
      `CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'of 张三 13900000000'; END $$;
       CREATE TRIGGER fail BEFORE UPDATE ON callbacks FOR EACH ROW EXECUTE FUNCTION fail()`,
    );
    await pushes.tell(event('subscribe', {}));
    for (let n = 0; n < 200 && lines.length === 0; n += 1) await new Promise((resume) => setTimeout(resume, 30));
    await query(pushes.world.databaseUrl, 'DROP TRIGGER fail ON callbacks');
    expect(JSON.parse(lines[0] ?? '{}') as Json).toMatchObject({
      ...{ job: 'callback', msg: 'a job failed' },
      err: { code: 'P0001' },
    });
    expect(lines.join('')).not.toMatch(/张三|13900000000/);
  });
});
