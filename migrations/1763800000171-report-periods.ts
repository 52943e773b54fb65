import { MigrationInterface, QueryRunner } from 'typeorm';

/** Reports of weeks and months, by the day of acceptance or of the invoice. `last_day` null: of one day. */
export class ReportPeriods1763800000171 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE reports
        ADD COLUMN last_day date,
        ADD COLUMN dated_by text NOT NULL DEFAULT 'accepted',
        ADD CONSTRAINT reports_dated_by CHECK (dated_by IN ('accepted', 'issued')),
        ADD CONSTRAINT reports_period CHECK (last_day >= day);
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE reports DROP COLUMN last_day, DROP COLUMN dated_by');
  }
}
