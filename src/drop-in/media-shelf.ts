import { randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import { Sealer, StoredFile } from '../data/sealed';
import { asEngine } from '../data/statement';
import { LostValue } from '../domain/lost-value';

/** How long an upload waits for its insert: three days, as at WeChat. A repeated insert finds it again that long. */
const LIFE = '3 days';

/** PDFs that came through the drop-in's setpdf, under ids of our own. */
export class MediaShelf {
  /** `quota`: bytes that may lie here of one merchant before an insert has used them. */
  constructor(
    private readonly dataSource: DataSource,
    private readonly sealer: Sealer,
    private readonly quota: number,
  ) {}

  /** Null: with it there would lie too much. Uploads at the same moment may pass by what all of them weigh. */
  async put(merchantId: string, body: Buffer): Promise<string | null> {
    const mediaId = newMediaId();
    const { rowCount } = await asEngine(this.dataSource, (client) =>
      client.query(
        `INSERT INTO drop_in_media (merchant_id, media_id, body, sealed, bytes)
         SELECT $1, $2, $3, true, $4::integer
          WHERE $4 + (SELECT coalesce(sum(bytes), 0) FROM drop_in_media
                       WHERE merchant_id = $1 AND used_at IS NULL
                         AND uploaded_at > clock_timestamp() - interval '${LIFE}') <= $5::bigint`,
        [merchantId, mediaId, this.sealer.seal(body, aad(mediaId)), body.length, this.quota],
      ),
    );
    return rowCount === 1 ? mediaId : null;
  }

  /** An order has them now: they count no more. */
  async used(merchantId: string, mediaIds: string[]): Promise<void> {
    await asEngine(this.dataSource, (client) =>
      client.query(
        `UPDATE drop_in_media SET used_at = clock_timestamp()
          WHERE merchant_id = $1 AND media_id = ANY ($2) AND used_at IS NULL`,
        [merchantId, mediaIds],
      ),
    );
  }

  /** Under which id WeChat has it; null: it has not been given it. */
  async wechatIdOf(merchantId: string, mediaId: string): Promise<string | null> {
    const { rows } = await asEngine(this.dataSource, (client) =>
      client.query<{ id: string | null }>(
        'SELECT wechat_media_id AS id FROM drop_in_media WHERE merchant_id = $1 AND media_id = $2',
        [merchantId, mediaId],
      ),
    );
    return rows[0]?.id ?? null;
  }

  async keepWechatId(merchantId: string, mediaId: string, wechatId: string): Promise<void> {
    await asEngine(this.dataSource, (client) =>
      client.query('UPDATE drop_in_media SET wechat_media_id = $3 WHERE merchant_id = $1 AND media_id = $2', [
        merchantId,
        mediaId,
        wechatId,
      ]),
    );
  }

  /** Null: never uploaded by this merchant, longer ago than three days, or damaged since. */
  async get(merchantId: string, mediaId: string): Promise<Buffer | null> {
    const { rows } = await asEngine(this.dataSource, (client) =>
      client.query<StoredFile>(
        `SELECT body, sealed FROM drop_in_media
          WHERE merchant_id = $1 AND media_id = $2 AND uploaded_at > clock_timestamp() - interval '${LIFE}'`,
        [merchantId, mediaId],
      ),
    );
    try {
      return rows[0] ? this.sealer.fileOf(rows[0], aad(mediaId)) : null;
    } catch (error) {
      // It is uploaded again.
      if (error instanceof LostValue && error.why === 'damaged') return null;
      throw error;
    }
  }
}

function aad(mediaId: string): string {
  return `drop_in_media|${mediaId}`;
}

/** A recurring job. */
export async function forgetOldMedia(dataSource: DataSource): Promise<void> {
  await asEngine(dataSource, (client) =>
    client.query(`DELETE FROM drop_in_media WHERE uploaded_at < now() - interval '${LIFE}'`),
  );
}

/** As WeChat's are: digits, above 2^53 and below 2^63. */
function newMediaId(): string {
  const below = 8_000_000_000_000_000_000n;
  return String(1_000_000_000_000_000_000n + (randomBytes(8).readBigUInt64BE() % below));
}
