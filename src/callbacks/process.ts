import { PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { Accounts } from '../accounts/accounts';
import { Authorizations } from '../authorizations/authorizations';
import { Sealer } from '../data/sealed';
import { inTransaction } from '../data/statement';
import { CallbackFields } from '../wechat/callback-fields';
import { CardStatuses } from './card-status';
import { Processed } from './processed';
import { CALLBACK_JOB } from './receive';

interface Row {
  id: string;
  appid: string;
  event: string;
  encrypted: boolean;
  body: Buffer;
  state: string;
  tries: number;
  received_at: Date;
}

const PARKED_LIMIT_MS = 7 * 24 * 3600 * 1000;
/** Seconds until a parked push is looked at again. */
const PARKED_WAITS = [10, 60, 600, 3600];

/** What WeChat's pushes come to. Any order and any number of repetitions give the same: states only move on. */
export class ProcessCallbacks {
  constructor(
    private readonly dataSource: DataSource,
    private readonly sealer: Sealer,
    private readonly accounts: Accounts,
    private readonly authorizations: Authorizations,
    private readonly statuses: CardStatuses,
  ) {}

  async process(id: string): Promise<void> {
    const rows = await this.dataSource.query<Row[]>('SELECT * FROM callbacks WHERE id = $1', [id]);
    const [row] = rows;
    if (!row || !['received', 'parked'].includes(row.state)) return;
    const { value: fields, lost } = this.sealer.opened<CallbackFields>(row.body, `callbacks|${id}`);
    // The queue gives it to a process that has the key.
    if (lost?.why === 'key_missing') throw lost;
    const processed = fields ? await this.handle(row, fields) : ({ kind: 'lost' } as const);
    await inTransaction(this.dataSource, (client) => record(client, row, processed));
  }

  /** By what the fields say: WeChat's own sample of a submitted title carries another event's name. */
  private async handle(row: Row, fields: CallbackFields): Promise<Processed> {
    if (fields.title_type !== undefined || row.event === 'submit_invoice_title')
      return this.titleSubmitted(row, fields);
    switch (row.event) {
      case 'user_authorize_invoice':
        return this.userDecided(row, fields);
      case 'update_invoice_status':
        return this.statuses.changed(row.appid, fields, row.encrypted);
      case 'cloud_invoice_invoiceresult_event':
        return { kind: 'done', outcome: 'kept' };
      default:
        return { kind: 'done', outcome: 'unknown_event' };
    }
  }

  private async userDecided(row: Row, fields: CallbackFields): Promise<Processed> {
    const authorized = Boolean(fields.SuccOrderId);
    const orderId = fields.SuccOrderId || fields.FailOrderId;
    const appid = fields.AuthorizeAppId || fields.AppId || row.appid;
    if (!orderId) return { kind: 'done', outcome: 'without_order' };
    // A push speaks for its own account, or to a platform for a merchant it issues for.
    if (appid !== row.appid && !(await this.issuesFor(row.appid, appid, orderId))) return { kind: 'parked' };
    const seconds = Number(fields.CreateTime);
    const at = Number.isSafeInteger(seconds) && seconds > 0 && seconds < 1e10 ? new Date(seconds * 1000) : null;
    // A plain push could be anybody's who saw one: WeChat itself is asked.
    const state = row.encrypted ? (authorized ? ('authorized' as const) : ('failed' as const)) : null;
    const openid = row.encrypted ? fields.FromUserName || undefined : undefined;
    const woken = await this.authorizations.learn(appid, orderId, { state, at, openid, ask: !row.encrypted });
    if (authorized || !row.encrypted) await this.authorizations.refresh(appid, orderId);
    if (woken === 'busy') return { kind: 'again' };
    return woken === 'unknown' ? { kind: 'parked' } : { kind: 'done', outcome: woken };
  }

  private async titleSubmitted(row: Row, fields: CallbackFields): Promise<Processed> {
    const kind = fields.title_type === 'InvoiceUserTitlePersonType' ? ('person' as const) : ('business' as const);
    const { title, tax_no, phone, addr: address, bank_type: bank, bank_no: bank_account, attach } = fields;
    const learnt = { kind, title, tax_no, phone, address, bank, bank_account };
    if (!attach || !row.encrypted) return { kind: 'done', outcome: 'kept' };
    const found = await this.authorizations.learn(row.appid, attach, { state: null, at: null, title: learnt });
    return { kind: 'done', outcome: found === 'unknown' ? 'kept' : 'title_learnt' };
  }

  private async issuesFor(issuer: string, appid: string, orderId: string): Promise<boolean> {
    if (!(await this.accounts.find(issuer))) return false;
    const rows = await this.dataSource.query<unknown[]>(
      'SELECT 1 FROM merchants WHERE $1 = ANY (issuer_appid || former_issuers) AND appid = $2 LIMIT 1',
      [issuer, appid],
    );
    return rows.length > 0 && orderId !== '';
  }
}

async function keepLost(client: PoolClient, { id }: Row): Promise<void> {
  await client.query(
    `UPDATE callbacks SET state = 'unreadable', outcome = 'sealed_value_lost', tries = tries + 1,
            processed_at = clock_timestamp() WHERE id = $1`,
    [id],
  );
}

async function record(client: PoolClient, row: Row, processed: Processed): Promise<void> {
  if (processed.kind === 'lost') return keepLost(client, row);
  const tooOld = Date.now() - row.received_at.getTime() > PARKED_LIMIT_MS;
  const state = processed.kind === 'done' ? 'done' : tooOld ? 'expired' : 'parked';
  await client.query(
    `UPDATE callbacks SET state = $2, outcome = $3, tries = tries + 1, processed_at = clock_timestamp() WHERE id = $1`,
    [row.id, state, processed.kind === 'done' ? processed.outcome : processed.kind],
  );
  if (state !== 'parked') return;
  const wait = processed.kind === 'again' ? 3 : (PARKED_WAITS[row.tries] ?? 3600);
  await client.query(
    `SELECT graphile_worker.add_job($1, json_build_object('id', $2::text),
            run_at => clock_timestamp() + make_interval(secs => $3))`,
    [CALLBACK_JOB, row.id, wait],
  );
}
