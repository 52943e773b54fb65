import { PoolClient } from 'pg';
import { DataSource } from 'typeorm';

/** So many early deaths within the hour are no accident: another system fetches tokens of the same account. */
const THRASH = 3;

/** Those of the last hour in `early_deaths` of a row of wechat_tokens; older ones are forgotten with the next. */
const RECENT = `ARRAY(SELECT at FROM unnest(early_deaths) AS at WHERE at > clock_timestamp() - interval '1 hour')`;

/** How often, within the last hour, WeChat refused a token of this account before its time. */
export interface EarlyDeaths {
  appid: string;
  kind: 'stable' | 'plain';
  deaths: number;
}

/**
 * WeChat refused the present token, and its successor is another one. Called under the row's lock, before the successor is
 * stored: what another process of ours replaced never comes here, because its complaint is answered with the newer
 * generation. In a token's last minute a refusal is its ordinary end. One false witness is left: a plain token that we
 * fetched and did not live to store kills the one before. Tells the deaths of the hour; 0: this was none.
 */
export async function keepEarlyDeath(client: PoolClient, appid: string, kind: EarlyDeaths['kind']): Promise<number> {
  const { rows } = await client.query<{ deaths: number }>(
    `UPDATE wechat_tokens SET early_deaths = ${RECENT} || clock_timestamp()
      WHERE appid = $1 AND kind = $2 AND expires_at > clock_timestamp() + interval '1 minute'
      RETURNING cardinality(early_deaths) AS deaths`,
    [appid, kind],
  );
  return rows[0]?.deaths ?? 0;
}

/** For a SELECT from wechat_tokens. */
export const DEATHS = `cardinality(${RECENT}) AS deaths`;

/** Of every account, those without any included. */
export function earlyDeaths(dataSource: DataSource): Promise<EarlyDeaths[]> {
  return dataSource.query<EarlyDeaths[]>(`SELECT appid, kind, ${DEATHS} FROM wechat_tokens ORDER BY appid, kind`);
}

export function isThrash({ deaths }: EarlyDeaths): boolean {
  return deaths >= THRASH;
}

/** Logged when it begins, and not at every further death. */
export function beginsThrash(deaths: number): boolean {
  return deaths === THRASH;
}
