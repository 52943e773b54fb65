import { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = ['pdfs', 'drop_in_media'];

/**
 * An invoice's PDF names its buyer as its data do, so it is sealed as they are. Files that were stored before stay as they
 * are until they are sealed anew: `sealed` tells the two apart, and what an older version of the service stores is unsealed.
 */
export class SealedFiles1763800000161 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const table of TABLES) {
      await queryRunner.query(`
        ALTER TABLE ${table} ADD COLUMN sealed boolean NOT NULL DEFAULT false;
        GRANT UPDATE (body, sealed) ON ${table} TO piaoka_engine;
      `);
    }
    // Two partitions may have a row at one place each: the bytes say which one is meant.
    await queryRunner.query(`
      CREATE FUNCTION piaoka_reseal_files(place regclass, places tid[], was bytea[], anew bytea[])
        RETURNS integer LANGUAGE plpgsql AS $$
      DECLARE
        done integer;
      BEGIN
        EXECUTE format(
          'UPDATE %1$s SET body = ($3)[array_position($1, ctid)], sealed = true
            WHERE ctid = ANY (ARRAY(
                    SELECT ctid FROM %1$s WHERE ctid = ANY ($1) AND body = ($2)[array_position($1, ctid)]
                       FOR NO KEY UPDATE SKIP LOCKED))
              AND body = ($2)[array_position($1, ctid)]', place) USING places, was, anew;
        GET DIAGNOSTICS done = ROW_COUNT;
        RETURN done;
      END $$;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP FUNCTION piaoka_reseal_files(regclass, tid[], bytea[], bytea[])');
    for (const table of TABLES) {
      await queryRunner.query(`
        REVOKE UPDATE (body, sealed) ON ${table} FROM piaoka_engine;
        ALTER TABLE ${table} DROP COLUMN sealed;
      `);
    }
  }
}
