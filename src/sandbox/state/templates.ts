import { Errcode } from '../../wechat/errcodes';
import { type Answer, refused } from '../wechat/answers';
import type { Account } from './accounts';
import type { Chance } from './chance';
import type { SandboxClock } from './clock';
import type { Profile } from './profile';

/** An invoice card template (card_id); its owner is the platform account that made it. */
export interface Template {
  card_id: string;
  owner: string;
  payee: string;
  type: string;
  title: string;
  created_at: number;
  usable_at: number;
}

export class Templates {
  private readonly byId = new Map<string, Template>();

  constructor(
    private readonly clock: SandboxClock,
    private readonly chance: Chance,
  ) {}

  create(owner: Account, words: Pick<Template, 'payee' | 'type' | 'title'>, profile: Profile): Template {
    const now = this.clock.now();
    const card_id = `p${owner.prefix}${this.chance.text(21)}`;
    const usable_at = now + profile.fresh_template_seconds * 1000;
    const template = { card_id, owner: owner.appid, ...words, created_at: now, usable_at };
    this.byId.set(card_id, template);
    return template;
  }

  /** Why this account may not insert with this card_id now, if so. */
  refusal(card_id: string, user: Account, profile: Profile): Answer | undefined {
    const template = this.byId.get(card_id) ?? this.adopt(card_id, user, profile);
    if (!template || template.owner !== user.appid) return refused(Errcode.InvalidCardId);
    if (this.clock.now() < template.usable_at) return refused(Errcode.InvalidCardStatus);
    return undefined;
  }

  get(card_id: string): Template | undefined {
    return this.byId.get(card_id);
  }

  list(): Template[] {
    return [...this.byId.values()];
  }

  reset(): void {
    this.byId.clear();
  }

  /** A configured card_id outlives the sandbox's memory: it belongs to whoever uses it first, unless `cards: strict`. */
  private adopt(card_id: string, user: Account, profile: Profile): Template | undefined {
    if (profile.cards === 'strict' || !/^[\w-]{4,64}$/.test(card_id)) return undefined;
    const template = { card_id, owner: user.appid, payee: '', type: '', title: '', created_at: 0, usable_at: 0 };
    this.byId.set(card_id, template);
    return template;
  }
}
