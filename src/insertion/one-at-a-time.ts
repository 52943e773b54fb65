import { Statement } from '../data/statement';

/**
 * Before `accept`: who stores the same order in another process is waited for, so that `accept` sees what became of it and
 * leaves the order out; without this it would end in 23505, and with it whatever else is in its batch. Taken in one
 * sequence everywhere, released by the COMMIT. `$1` appid|order_id.
 */
export const ONE_AT_A_TIME: Statement = {
  name: 'one_at_a_time',
  text: `
    SELECT pg_advisory_xact_lock(lock)
      FROM (SELECT hashtextextended(given, 0) AS lock FROM unnest($1::text[]) AS given ORDER BY lock) one`,
};
