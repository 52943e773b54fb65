import { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Who made an operator's key and when: until a day is over the two count as one person. And the keys that the environment
 * gave before the present one: none of them comes to life again.
 */
export class OperatorMakers1763800000150 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE operators
        ADD COLUMN made_by uuid,
        ADD COLUMN key_made_at timestamptz NOT NULL DEFAULT now(),
        ADD COLUMN former_keys bytea[] NOT NULL DEFAULT '{}',
        ADD CONSTRAINT operators_made_by_fkey FOREIGN KEY (made_by) REFERENCES operators (id);
      UPDATE operators o SET key_made_at = o.created_at, made_by = (
        SELECT maker.id FROM audit a JOIN operators maker ON maker.name = a.actor
         WHERE a.chain = '00000000-0000-0000-0000-000000000000' AND a.action = 'operator.created' AND a.object = o.id::text
         LIMIT 1);
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      'ALTER TABLE operators DROP COLUMN made_by, DROP COLUMN key_made_at, DROP COLUMN former_keys',
    );
  }
}
