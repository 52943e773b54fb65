import { DataSource, EntityManager, Repository } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { Template } from '../data/entities/template';
import { Also, together } from '../data/together';
import { AccountCalls } from '../wechat/account-calls';
import { CallVerdict } from '../wechat/call-verdict';
import { WechatAccount } from './accounts';

export interface TemplateDraft {
  payee: string;
  type: string;
  /** title, logo_url, and the links by WeChat's names. */
  words: Record<string, string>;
}

/** `made`: this call made it; `there`: it was there before, in whatever state; `failed`: WeChat's answer is in the row. */
export interface TemplateResult {
  result: 'made' | 'there' | 'failed';
  template: Template;
  verdict: CallVerdict | null;
}

/** WeChat does not say how long a new template is too young; ten minutes are left before it is first used. */
const YOUTH_SECONDS = 600;
/** A process that asked and never wrote the answer down is gone by then. */
const CREATING_MS = 120_000;
const FRESH_CACHE_MS = 30_000;

/**
 * Card templates (createcard). Each call would make another one, for ever, so the intent is written down first and is unique
 * for issuer, payee and type: an answer that is lost leaves a row that says so, and nothing is asked again until a person
 * has looked.
 */
export class Templates {
  private readonly repository: Repository<Template>;
  private young = new Map<string, number>();
  private youngReadAt = -Infinity;

  constructor(
    private readonly dataSource: DataSource,
    private readonly calls: AccountCalls,
  ) {
    this.repository = dataSource.getRepository(Template);
  }

  /** `also` is of the commit of the intent: what WeChat is asked has been told, whatever becomes of its answer. */
  async create(issuer: WechatAccount, draft: TemplateDraft, also: (id: string) => Also): Promise<TemplateResult> {
    const id = uuidv7();
    const { payee, type, words } = draft;
    const intend = async (manager: EntityManager) => {
      const intent = await manager
        .createQueryBuilder()
        .insert()
        .into(Template)
        .values({ id, issuerAppid: issuer.appid, payee, type, words, state: 'creating' })
        .orIgnore()
        .returning('id')
        .execute();
      return (intent.raw as unknown[]).length > 0;
    };
    if (!(await together(this.dataSource, intend, also(id)))) {
      const template = await this.standing(issuer.appid, payee, type);
      return { result: 'there', template, verdict: null };
    }
    const verdict = await this.calls.ask('createcard', issuer, bodyOf(draft));
    await this.record(id, verdict);
    const template = await this.repository.findOneByOrFail({ id });
    return { result: verdict.kind === 'done' ? 'made' : 'failed', template, verdict };
  }

  async list(): Promise<Template[]> {
    return (await this.repository.find({ order: { createdAt: 'DESC' }, take: 500 })).map(withoutDeadIntent);
  }

  /** A person looked in WeChat's console: here is its card_id, or it was never made. Null: nothing to settle. */
  async settle(id: string, cardId: string | null, also: Also): Promise<Template | null> {
    const template = await this.repository.findOneBy({ id });
    if (!template || withoutDeadIntent(template).state !== 'unclear') return null;
    const state = cardId ? ('ready' as const) : ('refused' as const);
    const now = () => 'now()';
    const change = { state, cardId, updatedAt: now, ...(cardId ? { usableAfter: now } : {}) };
    // Of two people who settle it at once the first has the word, and an answer of WeChat's that came meanwhile more so.
    const write = async (manager: EntityManager) => {
      const { affected } = await manager.getRepository(Template).update({ id, state: template.state }, change);
      return affected === 1;
    };
    return (await together(this.dataSource, write, also)) ? this.repository.findOneByOrFail({ id }) : null;
  }

  /** Seconds until this template may be used; 0 for those that are old enough, or not ours. */
  async youthOf(cardId: string): Promise<number> {
    if (performance.now() - this.youngReadAt > FRESH_CACHE_MS) {
      this.youngReadAt = performance.now();
      const rows = await this.dataSource.query<{ card_id: string; seconds: number }[]>(
        `SELECT card_id, extract(epoch FROM usable_after - now())::float8 AS seconds FROM templates
          WHERE card_id IS NOT NULL AND usable_after > now()`,
      );
      this.young = new Map(rows.map(({ card_id, seconds }) => [card_id, performance.now() + seconds * 1000]));
    }
    const until = this.young.get(cardId);
    return until === undefined ? 0 : Math.max(0, (until - performance.now()) / 1000);
  }

  private async record(id: string, verdict: CallVerdict): Promise<void> {
    if (verdict.kind === 'done') {
      await this.repository.update(
        { id },
        {
          state: 'ready',
          cardId: verdict.body.card_id as string,
          usableAfter: () => `now() + interval '${YOUTH_SECONDS} seconds'`,
          updatedAt: () => 'now()',
        },
      );
      this.youngReadAt = -Infinity;
      return;
    }
    const { errcode, errmsg } = verdict;
    const state = verdict.kind === 'unclear' ? ('unclear' as const) : ('refused' as const);
    await this.repository.update({ id }, { state, errcode, errmsg, updatedAt: () => 'now()' });
  }

  private async standing(issuerAppid: string, payee: string, type: string): Promise<Template> {
    const rows = await this.repository.find({ where: { issuerAppid, payee, type }, order: { createdAt: 'DESC' } });
    return withoutDeadIntent((rows.find(({ state }) => state !== 'refused') ?? rows[0]) as Template);
  }
}

/** An intent whose process died: nobody knows whether WeChat was asked. */
function withoutDeadIntent(template: Template): Template {
  const dead = template.state === 'creating' && Date.now() - template.createdAt.getTime() > CREATING_MS;
  return dead ? { ...template, state: 'unclear' } : template;
}

function bodyOf({ payee, type, words }: TemplateDraft): object {
  return { invoice_info: { base_info: words, type, payee } };
}
