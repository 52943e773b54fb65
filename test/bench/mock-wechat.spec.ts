import { request } from 'undici';
import { MockWechat } from '../../bench/mock-wechat';
import { RequestReader } from '../../bench/mock-request';
import { ledgerFaults } from '../../bench/session';

describe('the mock of the bench', () => {
  const mock = new MockWechat();
  let url: string;
  beforeAll(async () => {
    url = `http://127.0.0.1:${await mock.listen()}`;
  });
  beforeEach(() => mock.reset());
  afterAll(() => mock.close());

  const post = async (path: string, body: string | Buffer) => {
    const answer = await request(`${url}${path}`, { method: 'POST', body });
    return (await answer.body.json()) as Record<string, string | number>;
  };
  const upload = async () =>
    (await post('/card/invoice/platform/setpdf?access_token=t', Buffer.alloc(200_000))).s_media_id;
  const insert = async (orderId: string, mediaId: unknown) =>
    post('/card/invoice/insert?access_token=t', JSON.stringify({ order_id: orderId, s_pdf_media_id: mediaId }));

  it('finds nothing to blame where each accepted order has one card', async () => {
    expect(await insert('a', await upload())).toMatchObject({ errcode: 0 });
    expect(await insert('b', await upload())).toMatchObject({ errcode: 0 });
    expect(mock.ledger()).toMatchObject({ uploads: 2, wrongMedia: 0, refused: 0 });
    expect(ledgerFaults(['a', 'b'], mock.ledger())).toEqual([]);
  });

  it('counts a second insert, a missing one, and one that nobody asked for', async () => {
    await insert('a', await upload());
    await insert('a', await upload());
    await insert('x', await upload());
    expect(ledgerFaults(['a', 'b'], mock.ledger())).toEqual([
      '1 orders missing, such as b',
      '1 orders inserted more than once, such as a',
      '1 orders inserted without being accepted, such as x',
    ]);
  });

  it('sees a PDF that was never uploaded, and one used twice', async () => {
    const mediaId = await upload();
    await insert('a', mediaId);
    await insert('b', mediaId);
    await insert('c', '1');
    expect(ledgerFaults(['a', 'b', 'c'], mock.ledger())).toEqual([
      '2 inserts named a PDF that was not uploaded for them',
    ]);
  });

  it('tells when enough cards are there', async () => {
    const enough = mock.whenCards(1, 5000);
    await insert('a', await upload());
    expect(await enough).toBe(true);
    expect(await mock.whenCards(2, 1)).toBe(false);
  });

  it('reads requests however the bytes are cut', () => {
    const bytes = Buffer.from(
      'POST /one HTTP/1.1\r\nContent-Length: 5\r\n\r\nhelloGET /two HTTP/1.1\r\n\r\nPOST /three HTTP/1.1\r\nContent-Length: 2\r\n\r\nok',
    );
    for (const step of [1, 3, 17, bytes.length]) {
      const seen: string[] = [];
      const reader = new RequestReader((path, body) => seen.push(`${path} ${Buffer.concat(body).toString()}`));
      for (let at = 0; at < bytes.length; at += step) reader.take(bytes.subarray(at, at + step));
      expect(seen).toEqual(['/one hello', '/two ', '/three ok']);
    }
  });
});
