import { createHash } from 'node:crypto';
import { DataSource } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { Accounts, WechatAccount } from '../accounts/accounts';
import { Sealer } from '../data/sealed';
import { inTransaction } from '../data/statement';
import { CallbackDoor, CallbackQuery, isUrlCheck, openCallback, Push } from '../wechat/callback-message';

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
const KNOWN = [
  'user_authorize_invoice',
  'update_invoice_status',
  'submit_invoice_title',
  'cloud_invoice_invoiceresult_event',
];

/** Takes WeChat's pushes: verified, stored once, answered. What they mean is the job's business (process.ts). */
export class ReceiveCallbacks {
  constructor(
    private readonly dataSource: DataSource,
    private readonly sealer: Sealer,
    private readonly accounts: Accounts,
  ) {}

  /** The account of this address; null: nobody here is to be pushed to. */
  async doorOf(appid: string | null): Promise<CallbackDoor | null> {
    const account = appid === null ? await this.accounts.component() : await this.accounts.find(appid);
    return account && doorOf(account);
  }

  answersCheck(door: CallbackDoor, query: CallbackQuery): boolean {
    return isUrlCheck(door, query);
  }

  /**
   * False: refused. A push that was stored before is taken again without effect; one that nobody can read is WeChat's all
   * the same, and waits for a person.
   */
  async take(door: CallbackDoor, query: CallbackQuery, body: string): Promise<boolean> {
    const push = openCallback(door, query, body, Date.now() / 1000);
    if (!push) return false;
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
    return true;
  }
}

/** What was dealt with a month ago. A push that comes again after so long is refused for its timestamp. */
export async function forgetCallbacks(dataSource: DataSource): Promise<void> {
  await dataSource.query(
    `DELETE FROM callbacks WHERE state IN ('done', 'expired') AND received_at < now() - interval '30 days'`,
  );
}

function doorOf({ appid, callbackMode: mode, callbackKeys: keys }: WechatAccount): CallbackDoor | null {
  return keys && { appid, mode, ...keys };
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
  const names = KNOWN.includes(fields.Event ?? '') ? IDENTITY : Object.keys(fields).sort();
  return names.map((name) => [name, fields[name] ?? null]);
}
