import { setTimeout as sleep } from 'node:timers/promises';
import { Errcode } from '../../wechat/errcodes';
import type { WireInsertAnswer } from '../../wechat/wire';
import { openidUnder } from '../state/accounts';
import type { Card } from '../state/cards';
import type { Order } from '../state/orders';
import { type Answer, ok, refused } from './answers';
import type { AccountCall } from './call';
import { insertRefusal } from './insert-checks';
import { type InsertDraft, readInsert } from './insert-draft';

/**
 * POST /card/invoice/insert. Page: 将电子发票卡券插入用户卡包.
 * The card, the order's end and the link of the upload come about in one step, or none of them does.
 */
export async function insert(call: AccountCall): Promise<Answer> {
  const { world, account, json } = call;
  const draft = readInsert(json);
  if (isAnswer(draft)) return draft;
  const refusal = insertRefusal(world, account, draft);
  if (refusal) return refusal;
  const order = world.orders.find(draft.order_id, draft.appid) ?? implied(call, draft);
  const flightMs = world.profile.insert_latency_ms + call.flightMs;
  if (flightMs === 0) return commit(call, draft, order);

  const { epoch } = world;
  order.inserting = true;
  await sleep(flightMs, undefined, { ref: false });
  order.inserting = false;
  if (world.epoch !== epoch) return refused(Errcode.SystemBusy);
  return insertRefusal(world, account, draft) ?? commit(call, draft, order);
}

function commit(call: AccountCall, draft: InsertDraft, order: Order): Answer {
  const { world, account, record } = call;
  const { check_code = '', s_trip_pdf_media_id: trip, ...facts } = draft;
  order.appid ??= draft.appid;
  order.person ??= world.chance.text(21);
  order.openid ??= openidUnder(account, order.person);
  const code = world.cards.newCode();
  const media = world.media.alive(draft.s_pdf_media_id, world.profile);
  const card: Card = {
    ...facts,
    code,
    check_code,
    platform_appid: account.appid,
    openid: order.openid,
    person: order.person,
    status: 'INVOICE_REIMBURSE_INIT',
    pdf_sha256: media?.sha256 ?? '',
    inserted_at: world.clock.now(),
    request_n: record.n,
  };
  world.cards.add(card);
  order.state = 'INSERTED';
  world.media.link([draft.s_pdf_media_id, trip], code);
  return ok(answerOf(card, world.profile.unionid) as Record<string, unknown>);
}

function answerOf({ code, openid }: Card, unionid: boolean): WireInsertAnswer {
  return unionid ? { code, openid, unionid: `o${openid.slice(7)}${openid.slice(1, 7)}` } : { code, openid };
}

/** Profile `authorizations: implied`: an order nobody ever mentioned counts as authorised. */
function implied({ world }: AccountCall, { order_id, appid }: InsertDraft): Order {
  return world.orders.open(order_id, appid, { state: 'AUTHED', auth_time: world.clock.seconds() });
}

function isAnswer(result: InsertDraft | Answer): result is Answer {
  return 'errcode' in result;
}
