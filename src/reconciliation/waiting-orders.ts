import { PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { asEngine } from '../data/statement';
import { bringForward } from '../insertion/bring-forward';
import { LateAnswers } from '../insertion/late-answers';
import { WIRE_PATHS } from '../wechat/wire';
import { Budget } from './budget';
import { Page, Step } from './reconciler';
import { RunRow } from './runs';

/**
 * What one order that is brought forward may cost: the question whether its user has authorised, its PDF where the upload
 * is about to be lost, and the insert.
 */
const CALLS = [WIRE_PATHS.getauthdata, WIRE_PATHS.setpdf, WIRE_PATHS.insert];
/** Brought forward in one transaction; their locks are short. */
const BATCH = 500;

/** Lets what waits be settled by the worker's own path, account by account, within the budget of inserts. */
export function settleWaiting(dataSource: DataSource, budget: Budget, quietSeconds: number): Step {
  return {
    name: 'waiting',
    async page(run, place): Promise<Page> {
      const appid = await nextIssuer(dataSource, run, (place as Place | null)?.done ?? '');
      if (appid === null) return { next: null, counts: {} };
      const done = { done: appid };
      if (await isHeld(dataSource, appid)) return { next: done, counts: {} };
      const used = await budget.spend(appid, CALLS, BATCH, (client, limit) =>
        bringForward(client, waitingOf(run, appid, quietSeconds, limit)),
      );
      const next = used < BATCH ? done : (place ?? { done: '' });
      return { next, counts: { brought_forward: used } };
    },
  };
}

/** Takes the code of a card from evidence that came since: an answer that arrived late, a push, a person. */
export function learnCodes(dataSource: DataSource, late: LateAnswers): Step {
  return {
    name: 'codes',
    async page(run, place) {
      const rows = await asEngine(dataSource, (client) => withEvidence(client, run, place as Subject | null));
      let learnt = 0;
      for (const { merchant_id: merchantId, id } of rows) {
        if (await late.settle({ merchantId, id })) learnt += 1;
      }
      return { next: rows.at(-1) ?? null, counts: { settled_by_evidence: learnt } };
    },
  };
}

interface Place {
  /** The accounts up to this one are done. */
  done: string;
}

interface Subject {
  merchant_id: string;
  id: string;
}

function waitingOf(run: RunRow, issuerAppid: string, quietSeconds: number, limit: number) {
  const untouchedSince = run.started_at as Date;
  return {
    issuerAppid,
    merchantId: run.merchant_id,
    from: run.from_at,
    to: run.to_at,
    untouchedSince,
    quietSeconds,
    limit,
  };
}

async function nextIssuer(dataSource: DataSource, run: RunRow, after: string): Promise<string | null> {
  const { rows } = await asEngine(dataSource, (client) =>
    client.query<{ appid: string | null }>(
      `SELECT min(account.issuer_appid) AS appid
         FROM merchants CROSS JOIN LATERAL unnest(issuer_appid || former_issuers) AS account (issuer_appid)
        WHERE account.issuer_appid > $1 AND ($2::uuid IS NULL OR id = $2)`,
      [after, run.merchant_id],
    ),
  );
  return rows[0]?.appid ?? null;
}

/** An account that WeChat refuses today, for its quota (45009) or its configuration, is left alone. */
async function isHeld(dataSource: DataSource, appid: string): Promise<boolean> {
  const { rows } = await asEngine(dataSource, (client) =>
    client.query<{ held: boolean }>('SELECT piaoka_is_held($1, NULL) AS held', [appid]),
  );
  return rows[0]?.held ?? false;
}

async function withEvidence(client: PoolClient, run: RunRow, after: Subject | null): Promise<Subject[]> {
  const { rows } = await client.query<Subject>(
    `SELECT DISTINCT e.merchant_id, e.id FROM evidence e JOIN insertions i USING (merchant_id, id)
      WHERE i.card_code IS NULL AND (i.card_code_state = 'unknown' OR i.doubt_since IS NOT NULL OR i.doubt_denied)
        AND ($1::uuid IS NULL OR e.merchant_id = $1)
        AND ($2::uuid IS NULL OR (e.merchant_id, e.id) > ($2, $3)) ORDER BY e.merchant_id, e.id LIMIT 200`,
    [run.merchant_id, after?.merchant_id ?? null, after?.id ?? null],
  );
  return rows;
}
