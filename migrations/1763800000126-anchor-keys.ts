import { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Anchors outlive the key that signed them: which one it was tells an anchor that can no longer be checked from a forged
 * one. A new key signs the heads that there are once more.
 */
export class AnchorKeys1763800000126 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE audit_anchors ADD COLUMN key_id text NOT NULL DEFAULT '';
      ALTER TABLE audit_anchors DROP CONSTRAINT audit_anchors_pkey;
      ALTER TABLE audit_anchors ADD CONSTRAINT audit_anchors_pkey PRIMARY KEY (chain, seq, key_id);
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE audit_anchors DISABLE TRIGGER written_once;
      DELETE FROM audit_anchors a WHERE EXISTS (SELECT FROM audit_anchors b
        WHERE b.chain = a.chain AND b.seq = a.seq AND b.key_id > a.key_id);
      ALTER TABLE audit_anchors ENABLE TRIGGER written_once;
      ALTER TABLE audit_anchors DROP CONSTRAINT audit_anchors_pkey;
      ALTER TABLE audit_anchors DROP COLUMN key_id;
      ALTER TABLE audit_anchors ADD CONSTRAINT audit_anchors_pkey PRIMARY KEY (chain, seq);
    `);
  }
}
