import { announceEvent } from '../events';
import type { Card } from './cards';
import type { Order, UserAuthInfo } from './orders';
import type { World } from './world';

export interface UserDecision {
  reject?: boolean;
  openid?: string;
  user_auth_info?: UserAuthInfo;
}

/** The user taps 授权 or 拒绝, on the page or through the control port; the merchant hears of it by event. */
export function decideByUser(world: World, order: Order, decision: UserDecision): void {
  order.openid = decision.openid ?? order.openid ?? openidFor(world, order);
  if (decision.reject) {
    order.state = 'REJECTED';
    order.rejected = { by: 'user' };
  } else {
    order.state = 'AUTHED';
    order.auth_time = world.clock.seconds();
    order.user_auth_info = decision.user_auth_info ?? order.user_auth_info;
  }
  announce(world, order.appid ?? '', order.openid, {
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
    announce(world, card.appid, card.openid, event);
  }
}

/** The insert answers the platform's openid, so a platform known by now gives the prefix. */
function openidFor(world: World, order: Order): string | undefined {
  const appid = order.s_pappid
    ? Buffer.from(order.s_pappid, 'base64url').toString('latin1').slice(0, -33)
    : order.appid;
  return appid ? `o${world.accounts.get(appid).prefix}${world.chance.text(21)}` : undefined;
}

function announce(world: World, appid: string, openid: string | undefined, fields: Record<string, string>): void {
  const target = world.profile.callbacks[appid] ?? world.profile.callback;
  if (!target) return;
  const CreateTime = world.clock.seconds();
  const head = { ToUserName: 'gh_fc0a06a20993', FromUserName: openid ?? '', CreateTime, MsgType: 'event' };
  void announceEvent({ ...target, appid: target.appid ?? appid }, { ...head, ...fields }, CreateTime, world.chance);
}
