import { randomBytes } from 'node:crypto';
import { Faults } from '../weather/faults';
import { SCENARIOS } from '../weather/scenarios';
import { Accounts } from './accounts';
import { Cards } from './cards';
import { Chance } from './chance';
import { SandboxClock } from './clock';
import { Ledger } from './ledger';
import { MediaShelf } from './media';
import { Orders } from './orders';
import { defaultProfile, type Profile } from './profile';
import { Quotas } from './quotas';
import { Templates } from './templates';
import { Tokens } from './tokens';

export interface WorldOptions {
  /** appid → secret; empty: any appid and secret are good. */
  accounts?: ReadonlyMap<string, string>;
  calm?: boolean;
  seed?: string;
  maxRequests?: number;
  maxBodyBytes?: number;
}

/** Everything this WeChat knows, in memory and nowhere else. */
export class World {
  readonly seed: string;
  readonly clock = new SandboxClock();
  readonly chance: Chance;
  readonly accounts: Accounts;
  readonly tokens: Tokens;
  readonly templates: Templates;
  readonly orders: Orders;
  readonly media: MediaShelf;
  readonly cards: Cards;
  readonly quotas: Quotas;
  readonly ledger: Ledger;
  readonly faults: Faults;
  profile: Profile = defaultProfile();
  /** Counts resets, so that work begun before one can be told from work begun after. */
  epoch = 0;

  constructor(private readonly options: WorldOptions = {}) {
    this.seed = options.seed ?? randomBytes(6).toString('hex');
    this.chance = new Chance(`ids ${this.seed}`);
    this.accounts = new Accounts(options.accounts ?? new Map());
    this.tokens = new Tokens(this.clock, this.chance);
    this.templates = new Templates(this.clock, this.chance);
    this.orders = new Orders(this.chance);
    this.media = new MediaShelf(this.clock, this.chance);
    this.cards = new Cards(this.chance);
    this.quotas = new Quotas(this.clock);
    this.ledger = new Ledger(options.maxRequests ?? 1_000_000, options.maxBodyBytes ?? 256 * 1024 * 1024);
    this.faults = new Faults(this.clock, new Chance(`faults ${this.seed}`));
    this.startWeather();
  }

  reset(keepTokens: boolean): void {
    this.epoch += 1;
    this.clock.reset();
    if (!keepTokens) this.tokens.reset();
    for (const part of [this.accounts, this.templates, this.orders, this.media, this.cards, this.quotas, this.ledger]) {
      part.reset();
    }
    this.startWeather();
  }

  /** Replaces every fault and the profile; false when there is no such scenario. */
  play(name: string): boolean {
    const scenario = Object.hasOwn(SCENARIOS, name) ? SCENARIOS[name] : undefined;
    if (!scenario) return false;
    this.faults.clear();
    this.faults.add(scenario.faults?.(this.clock) ?? [], name);
    this.profile = { ...defaultProfile(), ...scenario.profile };
    return true;
  }

  private startWeather(): void {
    this.play(this.options.calm ? 'calm' : 'ordinary_day');
  }
}
