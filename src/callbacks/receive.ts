import { createHash } from 'node:crypto';
import { DataSource } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { Accounts, CallbackKeys, WechatAccount } from '../accounts/accounts';
import { Sealer } from '../data/sealed';
import { inTransaction } from '../data/statement';
import { CallbackDoor, CallbackQuery, isUrlCheck, openCallback, Push } from '../wechat/callback-message';
import { RefusedAt, Refusals } from './refusals';

export const CALLBACK_JOB = 'callback';
/** What tells one push from another: WeChat's own advice, sender and second, would take two orders of one user for one. */
const IDENTITY = [
  'ToUserName',
  'FromUserName',
  'CreateTime',
  'Event',
  'InfoType',
  'SuccOrderId',
  'FailOrderId',
  'CardId',
  'Code',
  'Status',
  'fpqqlsh',
  'attach',
];
export const KNOWN_EVENTS = [
  'user_authorize_invoice',
  'update_invoice_status',
  'submit_invoice_title',
  'cloud_invoice_invoiceresult_event',
];

/** Forged pushes make an account's row be read no more often than this. */
const READ_AGAIN_MS = 1000;

/** Takes WeChat's pushes: verified, stored once, answered. What they mean is the job's business (process.ts). */
export class ReceiveCallbacks {
  constructor(
    private readonly dataSource: DataSource,
    private readonly sealer: Sealer,
    private readonly accounts: Accounts,
    private readonly refusals: Refusals,
  ) {}

  /** Whether a URL check at this account's address is WeChat's. */
  async answersCheck(appid: string, query: CallbackQuery): Promise<boolean> {
    const at: RefusedAt = { known: null, door: null, address: appid };
    for await (const door of this.doorsOf(appid, at)) {
      if (!isUrlCheck(door, query)) continue;
      await this.refusals.checkPassed(appid);
      return true;
    }
    await this.refusals.ofCheck(at, query);
    return false;
  }

  /**
   * False: refused. `appid` null: at the third-party platform's address. A push that was stored before is taken again
   * without effect; one that nobody can read is WeChat's all the same, and waits for a person. `body` undefined: it came
   * without one.
   */
  async take(appid: string | null, query: CallbackQuery, body: string | undefined): Promise<boolean> {
    const at: RefusedAt = { known: null, door: null, address: appid ?? 'component' };
    for await (const door of this.doorsOf(appid, at)) {
      const push = body === undefined ? null : openCallback(door, query, body, Date.now() / 1000);
      if (!push) continue;
      await this.keep(door, push);
      return true;
    }
    await this.refusals.ofPush(at, query, body ?? '');
    return false;
  }

  /**
   * As this process knows the account and, for what is refused so, as it is now: another process may just have been told
   * other keys, and WeChat repeats a push three times only. What it found is told to `at`.
   */
  private async *doorsOf(appid: string | null, at: RefusedAt): AsyncGenerator<CallbackDoor> {
    const known = appid === null ? await this.accounts.component() : await this.accounts.find(appid);
    at.known = known?.appid ?? null;
    if (known?.callbackKeys) yield (at.door = doorOf(known, known.callbackKeys));
    const now = known && appid !== null ? await this.accounts.find(appid, READ_AGAIN_MS) : null;
    if (now?.callbackKeys && now !== known) yield (at.door = doorOf(now, now.callbackKeys));
  }

  private async keep(door: CallbackDoor, push: Push): Promise<void> {
    const id = uuidv7();
    const values = [
      id,
      door.appid,
      dedupeOf(door.appid, push),
      eventOf(push),
      door.mode !== 'plain',
      this.sealer.seal(JSON.stringify('fields' in push ? push.fields : push), `callbacks|${id}`),
      'fields' in push ? 'received' : 'unreadable',
    ];
    // The push and its job are one commit: nothing is answered that could be forgotten.
    await inTransaction(this.dataSource, async (client) => {
      const stored = await client.query(
        `INSERT INTO callbacks (id, appid, dedupe, event, encrypted, body, state) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (dedupe) DO NOTHING RETURNING id`,
        values,
      );
      if (stored.rows.length > 0 && 'fields' in push) {
        await client.query('SELECT graphile_worker.add_job($1, json_build_object($2::text, $3::text))', [
          CALLBACK_JOB,
          'id',
          id,
        ]);
      }
    });
  }
}

/**
 * Gives every push that should have been dealt with by now another job. The one it had may be held by a process that was
 * killed, and graphile-worker leaves such a job alone for four hours; a user who has authorised waits for a card. Dealing
 * with a push twice does no harm.
 */
export async function queueCallbacksAgain(dataSource: DataSource): Promise<void> {
  await dataSource.query(
    `SELECT graphile_worker.add_job($1, json_build_object('id', id), job_key => 'callback:' || id, job_key_mode => 'preserve_run_at')
     FROM callbacks
     WHERE (state = 'received' AND received_at < clock_timestamp() - interval '1 minute')
        OR (state = 'parked' AND processed_at < clock_timestamp() - interval '2 hours')
     LIMIT 1000`,
    [CALLBACK_JOB],
  );
}

/** What was dealt with a month ago. A push that comes again after so long is refused for its timestamp. */
export async function forgetCallbacks(dataSource: DataSource): Promise<void> {
  await dataSource.query(
    `DELETE FROM callbacks WHERE state IN ('done', 'expired') AND received_at < now() - interval '30 days'`,
  );
}

function doorOf({ appid, callbackMode: mode }: WechatAccount, keys: CallbackKeys): CallbackDoor {
  return { appid, mode, ...keys };
}

function eventOf(push: Push): string {
  return 'fields' in push ? (push.fields.Event ?? push.fields.InfoType ?? 'unknown').slice(0, 100) : 'unreadable';
}

/** An event nobody has documented is told apart by all it says. */
function dedupeOf(appid: string, push: Push): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([appid, ...identityOf(push)]))
    .digest();
}

function identityOf(push: Push): unknown[] {
  if ('unreadable' in push) return [push.unreadable];
  const { fields } = push;
  const names = KNOWN_EVENTS.includes(fields.Event ?? '') ? IDENTITY : Object.keys(fields).sort();
  return names.map((name) => [name, fields[name] ?? null]);
}
