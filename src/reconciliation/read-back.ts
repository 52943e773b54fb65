import { PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { Accounts } from '../accounts/accounts';
import { Sealer } from '../data/sealed';
import { asEngine } from '../data/statement';
import { noteReimbursement } from '../insertion/reimbursement-event';
import { seenItem } from '../reimbursement/seen-item';
import { noteRead } from '../reimbursement/shown-cards';
import { Answer } from '../wechat/answer';
import { Errcode } from '../wechat/errcodes';
import { ReimburserClient } from '../wechat/reimburser-client';
import { TokenManager } from '../wechat/tokens';
import { WIRE_PATHS } from '../wechat/wire';
import { withToken } from '../wechat/with-token';
import { Budget } from './budget';
import { countsOf, put, TALLY, Tally } from './findings';
import { Page, Step } from './reconciler';
import { RunRow } from './runs';

/** So few that a page ends within a run's lease, however slowly WeChat answers. */
const PAGE = 4;

/**
 * Reads back the cards whose encrypt_code is known, because their users showed them, and compares what WeChat has on them
 * with what was sent. Those that were not read for the longest time come first, so that a budget too small for all of
 * them comes round. An answer that carries no invoice says nothing: it is no sign that a card is missing.
 */
export class ReadBack implements Step {
  readonly name = 'read back';

  constructor(
    private readonly dataSource: DataSource,
    private readonly sealer: Sealer,
    private readonly accounts: Accounts,
    private readonly tokens: TokenManager,
    private readonly wechat: ReimburserClient,
    private readonly budget: Budget,
  ) {}

  async page(run: RunRow, place: unknown): Promise<Page> {
    const exhausted = (place as string[] | null) ?? [];
    const cards = await asEngine(this.dataSource, (client) => shownCards(client, run, exhausted));
    const counts = { read_back: 0, opened: 0 } as Record<string, number>;
    for (const card of cards) {
      const granted = await this.budget.spend(card.appid, [WIRE_PATHS.getinvoiceinfo], 1, (client) =>
        noteRead(client, { merchantId: card.merchant_id, id: card.id }),
      );
      if (granted === 0) return { next: [...exhausted, card.appid], counts };
      const heard = performance.now();
      const answer = await this.read(card);
      if (answer?.kind !== 'answered' || answer.errcode !== 0) continue;
      const found = await asEngine(this.dataSource, (client) =>
        compare(client, run, card, { body: answer.body, heard }),
      );
      counts.read_back = (counts.read_back ?? 0) + 1;
      for (const [name, count] of Object.entries(found)) counts[name] = (counts[name] ?? 0) + count;
    }
    return { next: cards.length === PAGE ? exhausted : null, counts };
  }

  private async read({ id, appid, card_id, encrypt_code }: ShownCard): Promise<Answer | null> {
    const code = this.sealer.textOf(encrypt_code, `shown_cards|${id}`);
    if (code === null) return null;
    const card = { card_id, encrypt_code: code };
    const account = await this.accounts.issuer(appid);
    const { answer } = await withToken(this.tokens, account, (token) => this.wechat.getinvoiceinfo(token, card));
    const exhausted = answer?.kind === 'answered' && answer.errcode === Errcode.DailyQuotaReached;
    if (exhausted) await this.budget.exhaust(appid, WIRE_PATHS.getinvoiceinfo);
    return answer;
  }
}

interface ShownCard {
  merchant_id: string;
  id: string;
  appid: string;
  card_id: string;
  encrypt_code: Buffer;
}

/** Those that this run has not read yet, but of accounts whose budget is used up. */
async function shownCards(client: PoolClient, run: RunRow, exhausted: string[]): Promise<ShownCard[]> {
  const { rows } = await client.query<ShownCard>(
    `SELECT s.merchant_id, s.id, s.appid, s.card_id, s.encrypt_code FROM shown_cards s
       JOIN insertions i ON i.merchant_id = s.merchant_id AND i.id = s.id
      WHERE ($1::uuid IS NULL OR s.merchant_id = $1) AND ($2::timestamptz IS NULL OR i.created_at >= $2)
        AND ($3::timestamptz IS NULL OR i.created_at < $3)
        AND s.read_at < $4 AND s.appid <> ALL ($5)
      ORDER BY s.read_at LIMIT ${PAGE}`,
    [run.merchant_id, run.from_at, run.to_at, run.started_at, exhausted],
  );
  return rows;
}

/** Numbers are compared by their shape: WeChat's pages contradict each other on which field is which. */
async function compare(
  client: PoolClient,
  run: RunRow,
  card: ShownCard,
  { body, heard }: { body: Record<string, unknown>; heard: number },
) {
  const { numbers, status, orderId } = seenItem(body);
  const { fee } = (body.user_info ?? {}) as { fee?: unknown };
  const subject = { merchantId: card.merchant_id, id: card.id };
  if (status) await noteReimbursement(client, subject, status, 'query', { heard });
  const theirs = { number: numbers.number, code: numbers.code, fee: typeof fee === 'number' ? fee : null, orderId };
  const { rows } = await client.query<Tally>(COMPARE, [run.id, card.merchant_id, card.id, JSON.stringify(theirs)]);
  return countsOf(rows[0] as Tally);
}

const COMPARE = `
  WITH compared AS (
    SELECT i.merchant_id, i.id, i.created_at, o.order_id, o.invoice_number, (o.invoice ->> 'fee')::bigint AS fee, i.state,
           i.updated_at, o.invoice ->> 'code' AS code, t.number, t.code AS their_code, t.fee AS their_fee
      FROM insertions i JOIN orders o ON o.merchant_id = i.merchant_id AND o.id = i.id,
           jsonb_to_record($4::jsonb) AS t (number text, code text, fee bigint, "orderId" text)
     WHERE i.merchant_id = $2 AND i.id = $3 AND t."orderId" = o.order_id
  ), found AS (
    SELECT merchant_id, 'wechat' AS source, class, id::text AS subject, id AS order_uuid, order_id, created_at AS order_at,
           jsonb_build_object('ours', jsonb_build_object('state', state, 'fee', fee, 'number', invoice_number),
                              'theirs', jsonb_build_object('fee', their_fee, 'number', number)) AS facts, updated_at AS since
      FROM compared CROSS JOIN LATERAL unnest(ARRAY[
             CASE WHEN fee <> their_fee THEN 'amount' END,
             CASE WHEN number <> '' AND (number, their_code) <> (invoice_number, code) THEN 'number' END]) AS class
     WHERE class IS NOT NULL
  ), gone AS (
    UPDATE findings f SET state = 'gone', decided_at = clock_timestamp(), decided_by = coalesce(decided_by, 'reconciliation')
      FROM compared c
     WHERE f.merchant_id = c.merchant_id AND f.source = 'wechat' AND f.subject = c.id::text
       AND f.class IN ('amount', 'number') AND f.state IN ('open', 'accepted')
       AND NOT EXISTS (SELECT FROM found WHERE found.class = f.class)
  ), put AS (${put('found', '$1')})
  SELECT ${TALLY}`;
