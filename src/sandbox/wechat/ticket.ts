import { createHash } from 'node:crypto';
import { Errcode } from '../../wechat/errcodes';
import type { Account } from '../state/accounts';
import type { SandboxClock } from '../state/clock';
import { type Answer, ok, refused } from './answers';
import type { AccountCall } from './call';

const LIFE_SECONDS = 7200;

/** GET /cgi-bin/ticket/getticket. Page: 获取 api_ticket. A ticket stays good when another is fetched. */
export function getticket({ world, account, query }: AccountCall): Answer {
  const type = query['type'] ?? '';
  if (type !== 'jsapi' && type !== 'wx_card') return refused(Errcode.InvalidArgs);
  return ok({ ticket: ticketOf(account, type, window(world.clock)), expires_in: LIFE_SECONDS });
}

/** Whether this is a wx_card ticket of this account that has not run out. */
export function isCardTicket(ticket: string, account: Account, clock: SandboxClock): boolean {
  const now = window(clock);
  return [now, now - 1].some((at) => ticketOf(account, 'wx_card', at) === ticket);
}

/** Derived from account and hour, so that a ticket a caller has cached outlives a restart of the sandbox. */
function ticketOf(account: Account, type: string, at: number): string {
  return createHash('sha512').update(`ticket ${type} ${account.appid} ${at}`).digest('base64url');
}

function window(clock: SandboxClock): number {
  return Math.floor(clock.seconds() / LIFE_SECONDS);
}
