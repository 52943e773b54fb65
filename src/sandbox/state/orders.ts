import type { Chance } from './chance';

/** REJECTED is final (72035), whether the user refused or the merchant called rejectinsert. */
export type OrderState = 'URL_ISSUED' | 'AUTHED' | 'REJECTED' | 'INSERTED';

export interface UserAuthInfo {
  user_field?: Record<string, unknown>;
  biz_field?: Record<string, unknown>;
}

/** One user authorisation: (authorising appid, order_id), good for at most one card. */
export interface Order {
  order_id: string;
  /** Null until the first insert when the control port authorised without naming an appid. */
  appid: string | null;
  /** The platform it was authorised for; null means any. */
  s_pappid: string | null;
  state: OrderState;
  /** Opens the authorisation page. */
  key: string;
  money?: number;
  source?: string;
  type?: number;
  redirect_url?: string;
  /** The user, whoever asks. */
  person?: string;
  /** The user as the platform knows him. */
  openid?: string;
  auth_time?: number;
  user_auth_info?: UserAuthInfo;
  rejected?: { by: 'user' | 'merchant'; reason?: string; url?: string };
  /** An insert of this order is in flight (72054). */
  inserting: boolean;
}

export class Orders {
  private readonly byId = new Map<string, Order[]>();
  private readonly byKey = new Map<string, Order>();

  constructor(private readonly chance: Chance) {}

  /** The order of this appid, else one authorised without an appid. */
  find(order_id: string, appid: string): Order | undefined {
    const orders = this.byId.get(order_id);
    return orders?.find((order) => order.appid === appid) ?? orders?.find((order) => order.appid === null);
  }

  findAll(order_id: string): readonly Order[] {
    return this.byId.get(order_id) ?? [];
  }

  open(order_id: string, appid: string | null, more: Partial<Order> = {}): Order {
    const key = this.chance.text(32);
    const order: Order = { order_id, appid, s_pappid: null, state: 'URL_ISSUED', key, inserting: false, ...more };
    const siblings = this.byId.get(order_id);
    if (siblings) siblings.push(order);
    else this.byId.set(order_id, [order]);
    this.byKey.set(key, order);
    return order;
  }

  byPageKey(key: string): Order | undefined {
    return this.byKey.get(key);
  }

  all(): IterableIterator<Order> {
    return this.byKey.values();
  }

  reset(): void {
    this.byId.clear();
    this.byKey.clear();
  }
}
