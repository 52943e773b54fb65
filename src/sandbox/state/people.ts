import { announceEvent } from '../events';
import { openidUnder } from './accounts';
import type { Card } from './cards';
import type { Order, UserAuthInfo } from './orders';
import type { World } from './world';

export interface UserDecision {
  reject?: boolean;
  /** As the platform is to know the user. */
  openid?: string;
  user_auth_info?: UserAuthInfo;
}

/** The user taps 授权 or 拒绝, on the page or through the control port; the merchant hears of it by event. */
export function decideByUser(world: World, order: Order, decision: UserDecision): void {
  order.person = decision.openid ?? order.person ?? world.chance.text(21);
  const platform = platformOf(order);
  order.openid =
    decision.openid ?? order.openid ?? (platform && openidUnder(world.accounts.get(platform), order.person));
  if (decision.reject) {
    order.state = 'REJECTED';
    order.rejected = { by: 'user' };
  } else {
    order.state = 'AUTHED';
    order.auth_time = world.clock.seconds();
    order.user_auth_info = decision.user_auth_info ?? order.user_auth_info;
  }
  announce(world, order.appid ?? '', openidOf(world, order), {
    Event: 'user_authorize_invoice',
    SuccOrderId: decision.reject ? '' : order.order_id,
    FailOrderId: decision.reject ? order.order_id : '',
    AuthorizeAppId: order.appid ?? '',
    Source: order.source ?? 'web',
    SPAppId: order.s_pappid ?? '',
  });
}

/** The user or a reimburser changed the state of a card. */
export function announceStatus(world: World, card: Card): void {
  const event = { Event: 'update_invoice_status', Status: card.status, CardId: card.card_id, Code: card.code };
  announce(world, card.platform_appid, card.openid, event);
  // The merchant hears of it too, where it is another account with an address of its own.
  if (card.appid !== card.platform_appid && world.profile.callbacks[card.appid]) {
    announce(world, card.appid, openidUnder(world.accounts.get(card.appid), card.person), event);
  }
}

/** Null: no insert came yet, nor a question for the page, which would name it. */
function platformOf({ s_pappid }: Order): string | undefined {
  return s_pappid ? Buffer.from(s_pappid, 'base64url').toString('latin1').slice(0, -33) : undefined;
}

/** The user as the account knows him under which he authorised, which may be the platform itself. */
function openidOf(world: World, order: Order): string | undefined {
  const { appid, person, openid } = order;
  if (appid === null || person === undefined) return openid;
  return openid !== undefined && appid === (platformOf(order) ?? appid)
    ? openid
    : openidUnder(world.accounts.get(appid), person);
}

function announce(world: World, appid: string, openid: string | undefined, fields: Record<string, string>): void {
  const target = world.profile.callbacks[appid] ?? world.profile.callback;
  if (!target) return;
  const CreateTime = world.clock.seconds();
  const head = { ToUserName: 'gh_fc0a06a20993', FromUserName: openid ?? '', CreateTime, MsgType: 'event' };
  void announceEvent({ ...target, appid: target.appid ?? appid }, { ...head, ...fields }, CreateTime, world.chance);
}
