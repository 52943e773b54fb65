import { MigrationInterface, QueryRunner } from 'typeorm';

/** Paused accounts and merchants; the people and keys that may act on them; and the record of what they did. */
export class HoldsOperatorsAudit1763800000006 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE holds (
        id uuid PRIMARY KEY,
        scope text NOT NULL,
        appid text,
        merchant_id uuid,
        errcode integer,
        errmsg text,
        reason text NOT NULL,
        until timestamptz,
        canaries integer NOT NULL DEFAULT 0,
        next_canary_at timestamptz,
        created_at timestamptz NOT NULL DEFAULT now(),
        lifted_at timestamptz,
        lifted_by text,
        CONSTRAINT holds_scope CHECK (
          (scope = 'account' AND appid IS NOT NULL AND merchant_id IS NULL)
          OR (scope = 'merchant' AND merchant_id IS NOT NULL AND appid IS NULL)),
        CONSTRAINT holds_lifted CHECK ((lifted_at IS NULL) = (lifted_by IS NULL))
      );
      CREATE UNIQUE INDEX holds_one_an_account ON holds (appid) WHERE scope = 'account' AND lifted_at IS NULL;
      CREATE UNIQUE INDEX holds_one_a_merchant ON holds (merchant_id) WHERE scope = 'merchant' AND lifted_at IS NULL;
      GRANT SELECT, INSERT, UPDATE ON holds TO piaoka_engine;

      CREATE FUNCTION piaoka_is_held(account text, merchant uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
        SET search_path = public AS $$
        SELECT EXISTS (SELECT FROM holds WHERE lifted_at IS NULL AND (until IS NULL OR until > now())
                         AND (appid = account OR merchant_id = merchant))
      $$;

      CREATE TABLE operators (
        id uuid PRIMARY KEY,
        name text NOT NULL,
        role text NOT NULL,
        key_sha256 bytea,
        created_at timestamptz NOT NULL DEFAULT now(),
        revoked_at timestamptz,
        CONSTRAINT operators_name UNIQUE (name),
        CONSTRAINT operators_key_sha256 UNIQUE (key_sha256),
        CONSTRAINT operators_role CHECK (role IN ('viewer', 'operator', 'approver', 'administrator'))
      );

      CREATE TABLE audit (
        chain uuid NOT NULL,
        seq bigint NOT NULL,
        at timestamptz NOT NULL,
        actor text NOT NULL,
        action text NOT NULL,
        object text NOT NULL,
        reason text,
        data jsonb NOT NULL DEFAULT '{}',
        previous_sha256 bytea NOT NULL,
        sha256 bytea NOT NULL,
        CONSTRAINT audit_pkey PRIMARY KEY (chain, seq)
      );
      CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION piaoka_written_once();
      CREATE TRIGGER never_emptied BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION piaoka_written_once();
      GRANT SELECT, INSERT ON audit TO piaoka_engine;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP TABLE audit, operators;
      DROP FUNCTION piaoka_is_held(text, uuid);
      DROP TABLE holds;
    `);
  }
}
