import { query } from '../support/databases';
import { orderWithoutPdf } from '../support/orders';
import { World } from '../support/world';
import { Program } from './program';

const KIB = 1024;
const QUOTA = 64;

describe('what a merchant uploads and never uses', () => {
  let world: World;
  let program: Program;
  beforeAll(async () => {
    world = await World.start({ env: { UNUSED_UPLOADS: `${QUOTA}KiB` } });
    await world.control('PUT', '/profile', { authorizations: 'implied' });
    program = await Program.login(world);
  });
  afterAll(() => world.end());

  const setpdf = (bytes: number) => program.setpdf(Buffer.alloc(bytes, '%PDF-1.4 '));
  const unused = async () => {
    const sum = 'SELECT coalesce(sum(bytes), 0)::integer AS n FROM drop_in_media WHERE used_at IS NULL';
    return (await query<{ n: number }>(world.databaseUrl, sum))[0]?.n as number;
  };

  it('has an end, in WeChat’s words, and what is used makes room', async () => {
    const insertion = await program.insertion(orderWithoutPdf().order_id);
    const bytes = await unused();
    expect(await setpdf(QUOTA * KIB - bytes)).toMatchObject({ errcode: 0 });
    const refused = await setpdf(1);
    expect(refused).toEqual({ errcode: 45009, errmsg: expect.stringContaining('wait for their insert') as string });
    expect(await unused()).toBe(QUOTA * KIB);

    const inserted = await program.post('insert', insertion);
    expect(inserted).toMatchObject({ errcode: 0 });
    expect(await unused()).toBe(QUOTA * KIB - bytes);
    // It is still there for who sends the insert again.
    expect(await program.post('insert', insertion)).toMatchObject({ code: inserted.code as string });
    expect(await setpdf(bytes)).toMatchObject({ errcode: 0 });
    expect(await setpdf(1)).toMatchObject({ errcode: 45009 });
  });

  it('counts for three days', async () => {
    await query(world.databaseUrl, `UPDATE drop_in_media SET uploaded_at = uploaded_at - interval '73 hours'`);
    expect(await setpdf(QUOTA * KIB)).toMatchObject({ errcode: 0 });
    expect(await setpdf(QUOTA * KIB + 1)).toMatchObject({ errcode: 45009 });
  });
});
