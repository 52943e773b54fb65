import { request } from 'undici';

/** The file, or why it could not be had. */
export type Download =
  { pdf: Buffer } | { pdf: null; reason: 'foreign_link' | 'too_large' | 'not_a_pdf' | 'unreachable' };

const WECHAT_FILES = 'https://mp.weixin.qq.com';

/**
 * Fetches the PDF behind a pdf_url that WeChat has just given. The link lets in anybody who has it and dies within two hours,
 * so it is followed at once and written down nowhere. Only WeChat's own hosts are asked, no redirect is followed.
 */
export class InvoiceDownload {
  private readonly origins: ReadonlySet<string>;

  constructor(
    wechatBaseUrl: string,
    private readonly limits: { timeoutMs: number; maxBytes: number },
  ) {
    this.origins = new Set([WECHAT_FILES, new URL(wechatBaseUrl).origin]);
  }

  async fetch(link: string): Promise<Download> {
    const url = URL.canParse(link.trim()) ? new URL(link.trim()) : null;
    if (!url || !this.origins.has(url.origin) || url.username !== '') return { pdf: null, reason: 'foreign_link' };
    try {
      const signal = AbortSignal.timeout(this.limits.timeoutMs);
      const { statusCode, body } = await request(url, { signal, headersTimeout: 0, bodyTimeout: 0 });
      const chunks: Buffer[] = [];
      let size = 0;
      for await (const chunk of body as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size > this.limits.maxBytes) return { pdf: null, reason: 'too_large' };
        chunks.push(chunk);
      }
      const pdf = Buffer.concat(chunks);
      // WeChat says with a page, not with a status, that a link is dead.
      return statusCode === 200 && pdf.subarray(0, 1024).includes('%PDF-')
        ? { pdf }
        : { pdf: null, reason: 'not_a_pdf' };
    } catch {
      return { pdf: null, reason: 'unreachable' };
    }
  }
}
