import { IssuerAccount } from '../accounts/accounts';
import { Fault } from '../domain/fault';
import { mediaIsFresh } from '../domain/insertion';
import { Outcome } from '../domain/outcome';
import { Answer } from '../wechat/answer';
import { WechatClient } from '../wechat/client';
import { TokenManager } from '../wechat/tokens';
import { mediaIdOf, uploadVerdict } from '../wechat/verdict';
import { Claimed, databaseNow } from './claimed';
import { PdfChecks } from './pdf-checks';
import { PdfStore } from './pdf-store';

export interface UploadStep {
  outcome: Outcome;
  answer: Answer | null;
  /**
   * Of an upload that was sent: what the check of its PDF left in doubt. Null: nothing was sent, because the PDF of an
   * earlier step still lies at WeChat or this one must not go there.
   */
  sent: { warnings: readonly Fault[] } | null;
}

/** A process that has the key may carry it; what nobody can read is for a person. */
const WITHOUT_PDFS: Record<'damaged' | 'key_missing', Outcome> = {
  damaged: { kind: 'needsHuman', reason: 'stored_pdf_damaged' },
  key_missing: { kind: 'later', reason: 'sealing_key_missing', wait: 0, counted: false },
};

/** setpdf. Repeating it is harmless: WeChat destroys an unused upload after three days. */
export class Uploader {
  constructor(
    private readonly pdfs: PdfStore,
    private readonly checks: PdfChecks,
    private readonly tokens: TokenManager,
    private readonly wechat: WechatClient,
  ) {}

  async upload(claimed: Claimed, account: IssuerAccount): Promise<UploadStep> {
    const startedAt = databaseNow(claimed);
    const { mediaId, tripMediaId, uploadedAt } = claimed.insertion;
    if (mediaId && uploadedAt && mediaIsFresh(claimed.insertion, startedAt)) {
      return { outcome: { kind: 'uploaded', mediaId, tripMediaId, startedAt: uploadedAt }, answer: null, sent: null };
    }
    const pdfs = await this.pdfs.read(claimed);
    if (typeof pdfs === 'string') return { outcome: WITHOUT_PDFS[pdfs], answer: null, sent: null };
    const { stop, warnings } = await this.checks.check(claimed, pdfs.pdf);
    if (stop) return { outcome: stop, answer: null, sent: null };
    const sent = { warnings };
    const main = await this.setpdf(claimed, account, pdfs.pdf);
    if ('outcome' in main) return { ...main, sent };
    const trip = pdfs.tripPdf && (await this.setpdf(claimed, account, pdfs.tripPdf));
    if (trip && 'outcome' in trip) return { ...trip, sent };
    return {
      outcome: { kind: 'uploaded', mediaId: main.mediaId, tripMediaId: trip?.mediaId ?? null, startedAt },
      answer: (trip ?? main).answer,
      sent,
    };
  }

  /** A token that died is replaced once, and the same bytes are sent again whole. */
  private async setpdf(claimed: Claimed, account: IssuerAccount, pdf: Buffer): Promise<Uploaded | Stopped> {
    let held = await this.tokens.get(account);
    for (let round = 0; ; round += 1) {
      if (!held.token) return { outcome: held.outcome, answer: null };
      const answer = await this.wechat.setpdf(held.token.value, pdf);
      const outcome = uploadVerdict(answer, databaseNow(claimed));
      if (answer.kind === 'answered' && outcome?.kind !== 'tokenRefused') this.tokens.accepted(account);
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
