import { query } from './databases';
import { Json, World } from './world';

/** All keys of operators become so much older. */
export const operatorsAge = (world: World, hours: number) =>
  query(world.databaseUrl, `UPDATE operators SET key_made_at = key_made_at - $1 * interval '1 hour'`, [hours]);

/** A new operator whose key was made days ago: by now a person apart from its maker. */
export async function knownOperator(world: World, maker: string, name: string, role: string): Promise<Json> {
  const { body } = await world.post('/v1/admin/operators', { name, role }, maker).expect(201);
  await operatorsAge(world, 48);
  return body as Json;
}
