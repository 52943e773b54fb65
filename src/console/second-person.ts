import { PoolClient } from 'pg';
import { KeyHolder, KNOWN_KEY_HOURS, Speaker, speakerForBoth } from '../domain/one-person';
import { toShanghai } from '../domain/shanghai';
import { Problem } from '../http/problems';

/** Two operators who count as one person, and why. */
export interface OnePerson extends Speaker {
  first: string;
  second: string;
}

/** Null: the second may agree to what the first asked for. */
export async function onePerson(client: PoolClient, first: string, second: string): Promise<OnePerson | null> {
  const { byName, byId, now } = await holders(client);
  const [one, other] = [byName.get(first), byName.get(second)];
  const speaker = one && other && speakerForBoth(one, other, byId, now);
  return speaker ? { first, second, ...speaker } : null;
}

/** The operators who count as the same person as this one, itself among them. */
export async function samePerson(client: PoolClient, name: string): Promise<string[]> {
  const { byName, byId, now } = await holders(client);
  const one = byName.get(name);
  if (!one) return [name];
  return [...byName.values()].filter((other) => speakerForBoth(one, other, byId, now)).map((other) => other.name);
}

/** For the trail. */
export function dependenceData({ first, second, name, until }: OnePerson) {
  return { first, second, key_made_by: name, until: until.toISOString() };
}

export function dependentProblem({ first, second, name, until }: OnePerson): Problem {
  const end = toShanghai(until);
  return new Problem('second_person_dependent', {
    detail: [
      `“${first}”与“${second}”暂算同一人：其中的密钥由“${name}”在 ${KNOWN_KEY_HOURS} 小时内创建，至 ${end} 为止。`,
      `"${first}" and "${second}" count as one person until ${end}: "${name}" made a key of theirs within ${KNOWN_KEY_HOURS} hours.`,
    ],
  });
}

async function holders(client: PoolClient) {
  const { rows } = await client.query<KeyHolder & { now: Date }>(
    `SELECT id, name, made_by AS "madeBy", key_made_at AS "keyMadeAt", clock_timestamp() AS now FROM operators`,
  );
  return {
    byId: new Map(rows.map((row) => [row.id, row])),
    byName: new Map(rows.map((row) => [row.name, row])),
    now: rows[0]?.now ?? new Date(),
  };
}
