import { createHash } from 'node:crypto';
import { IssuerAccount } from '../accounts/accounts';
import { mediaIsFresh } from '../domain/insertion';
import { Outcome } from '../domain/outcome';
import { Answer } from '../wechat/answer';
import { WechatClient } from '../wechat/client';
import { TokenManager } from '../wechat/tokens';
import { mediaIdOf, uploadVerdict } from '../wechat/verdict';
import { Claimed, databaseNow } from './claimed';
import { InsertionStore } from './insertion.store';

export interface UploadStep {
  outcome: Outcome;
  answer: Answer | null;
  /** False: the PDF of an earlier step still lies at WeChat, and nothing was sent. */
  sent: boolean;
}

/** setpdf. Repeating it is harmless: WeChat destroys an unused upload after three days. */
export class Uploader {
  constructor(
    private readonly store: InsertionStore,
    private readonly tokens: TokenManager,
    private readonly wechat: WechatClient,
  ) {}

  async upload(claimed: Claimed, account: IssuerAccount): Promise<UploadStep> {
    const startedAt = databaseNow(claimed);
    const { mediaId, tripMediaId, uploadedAt } = claimed.insertion;
    if (mediaId && uploadedAt && mediaIsFresh(claimed.insertion, startedAt)) {
      return { outcome: { kind: 'uploaded', mediaId, tripMediaId, startedAt: uploadedAt }, answer: null, sent: false };
    }
    const { pdf, tripPdf } = await this.store.pdfs(claimed);
    if (!intact(pdf, claimed.pdfSha256) || !intact(tripPdf, claimed.tripPdfSha256)) {
      return { outcome: { kind: 'needsHuman', reason: 'stored_pdf_damaged' }, answer: null, sent: false };
    }
    const main = await this.setpdf(claimed, account, pdf as Buffer);
    if ('outcome' in main) return { ...main, sent: true };
    const trip = tripPdf && (await this.setpdf(claimed, account, tripPdf));
    if (trip && 'outcome' in trip) return { ...trip, sent: true };
    return {
      outcome: { kind: 'uploaded', mediaId: main.mediaId, tripMediaId: trip?.mediaId ?? null, startedAt },
      answer: (trip ?? main).answer,
      sent: true,
    };
  }

  /** A token that died is replaced once, and the same bytes are sent again whole. */
  private async setpdf(claimed: Claimed, account: IssuerAccount, pdf: Buffer): Promise<Uploaded | Stopped> {
    let held = await this.tokens.get(account);
    for (let round = 0; ; round += 1) {
      if (!held.token) return { outcome: held.outcome, answer: null };
      const answer = await this.wechat.setpdf(held.token.value, pdf);
      const outcome = uploadVerdict(answer, databaseNow(claimed));
      if (!outcome) return { mediaId: mediaIdOf(answer) as string, answer };
      if (outcome.kind !== 'tokenRefused' || round > 0) return { outcome, answer };
      held = await this.tokens.invalidate(account, held.token.generation);
    }
  }
}

interface Uploaded {
  mediaId: string;
  answer: Answer;
}

interface Stopped {
  outcome: Outcome;
  answer: Answer | null;
}

/** The bytes accepted are the bytes sent: SHA-256 is pinned at acceptance and checked at every read. */
function intact(pdf: Buffer | null, sha256: Buffer | null): boolean {
  if (sha256 === null) return pdf === null;
  return pdf !== null && createHash('sha256').update(pdf).digest().equals(sha256);
}
