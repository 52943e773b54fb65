import { MigrationInterface, QueryRunner } from 'typeorm';

/** A report that is made anew, because the process that made it died, begins with no parts. */
export class ReportPartsAnew1763800000122 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('GRANT DELETE ON report_parts TO piaoka_engine');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('REVOKE DELETE ON report_parts FROM piaoka_engine');
  }
}
