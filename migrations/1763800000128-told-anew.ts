import { MigrationInterface, QueryRunner } from 'typeorm';

const BEFORE = `told ->> 'state' = 'refused'`;
const AFTER = `told ->> 'state' IN ('refused', 'needs_human')`;

/** Only a person begins an order anew that was left to a person: that it comes there again is news. */
export class ToldAnew1763800000128 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await rewrite(queryRunner, BEFORE, AFTER);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await rewrite(queryRunner, AFTER, BEFORE);
  }
}

async function rewrite(queryRunner: QueryRunner, before: string, after: string): Promise<void> {
  const [{ text }] = (await queryRunner.query(`SELECT pg_get_functiondef('piaoka_announce'::regproc) AS text`)) as [
    { text: string },
  ];
  if (!text.includes(before)) throw new Error('piaoka_announce is not what it was');
  await queryRunner.query(text.replace(before, after));
}
