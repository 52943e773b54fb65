import { MigrationInterface, QueryRunner } from 'typeorm';

/** Where values are sealed: each begins with version 1 and the four bytes of its key's id. */
const SEALED = [
  ['orders', 'person'],
  ['order_revisions', 'person'],
  ['insertions', 'person'],
  ['evidence', 'person'],
  ['accounts', 'secret'],
  ['accounts', 'callback_keys'],
  ['accounts', 'from_environment'],
  ['wechat_tokens', 'token'],
  ['wechat_tickets', 'ticket'],
  ['webhook_endpoints', 'secret'],
  ['webhook_endpoints', 'previous_secret'],
  ['authorizations', 'person'],
  ['callbacks', 'body'],
  ['shown_cards', 'encrypt_code'],
  ['idempotency_keys', 'answer'],
];
const WRITTEN_ONCE = ['order_revisions', 'evidence'];

/**
 * Which keys are in use, known without a look at every row: whoever seals with one says so before, and again while it runs.
 * And sealing anew: what is written once may change its seal, and nothing but its seal. PostgreSQL cannot tell that the
 * content is the same; it sees that another key sealed a content of the same length, which nobody can do without a key.
 */
export class SealingKeys1763800000160 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE sealing_keys (
        key_id text NOT NULL,
        first_seen_at timestamptz NOT NULL DEFAULT now(),
        seen_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT sealing_keys_pkey PRIMARY KEY (key_id),
        CONSTRAINT sealing_keys_id CHECK (key_id ~ '^[0-9a-f]{8}$')
      );
      GRANT SELECT, INSERT, UPDATE, DELETE ON sealing_keys TO piaoka_engine;
    `);
    for (const [table, column] of SEALED) {
      await queryRunner.query(`
        INSERT INTO sealing_keys (key_id, seen_at)
        SELECT DISTINCT encode(substr(${column}, 2, 4), 'hex'), now() - interval '1 day' FROM ${table}
         WHERE substr(${column}, 1, 1) = '\\x01' AND octet_length(${column}) >= 33
        ON CONFLICT DO NOTHING`);
    }
    await queryRunner.query(`
      CREATE FUNCTION piaoka_sealed_anew(was bytea, anew bytea) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
        SELECT substr(was, 1, 1) = '\\x01' AND substr(anew, 1, 1) = '\\x01' AND octet_length(was) = octet_length(anew)
               AND substr(was, 2, 4) <> substr(anew, 2, 4)
      $$;

      CREATE FUNCTION piaoka_reseal(place regclass, sealed name, places tid[], was bytea[], anew bytea[])
        RETURNS integer LANGUAGE plpgsql AS $$
      DECLARE
        done integer;
      BEGIN
        EXECUTE format(
          'UPDATE %1$s SET %2$I = ($3)[array_position($1, ctid)]
            WHERE piaoka_sealed_anew(%2$I, ($3)[array_position($1, ctid)]) AND ctid = ANY (ARRAY(
              SELECT ctid FROM %1$s WHERE ctid = ANY ($1) AND %2$I = ($2)[array_position($1, ctid)]
                 FOR NO KEY UPDATE SKIP LOCKED))', place, sealed) USING places, was, anew;
        GET DIAGNOSTICS done = ROW_COUNT;
        RETURN done;
      END $$;

      CREATE FUNCTION piaoka_written_once_but_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF TG_OP = 'UPDATE' AND piaoka_sealed_anew(OLD.person, NEW.person) THEN
          OLD.person := NEW.person;
          IF OLD IS NOT DISTINCT FROM NEW THEN RETURN NEW; END IF;
        END IF;
        RAISE EXCEPTION '% is written once', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
      END $$;

      CREATE FUNCTION piaoka_guard_seal_of_order() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        OLD.person := NEW.person;
        IF OLD IS NOT DISTINCT FROM NEW THEN RETURN NEW; END IF;
        RAISE EXCEPTION 'an order is sealed anew and changed in two steps' USING ERRCODE = 'restrict_violation';
      END $$;
      DROP TRIGGER guard ON orders;
      CREATE TRIGGER guard BEFORE UPDATE ON orders FOR EACH ROW
        WHEN (NEW.revision <> OLD.revision OR piaoka_sealed_anew(OLD.person, NEW.person) IS NOT TRUE)
        EXECUTE FUNCTION piaoka_guard_order();
      CREATE TRIGGER guard_seal BEFORE UPDATE ON orders FOR EACH ROW
        WHEN (NEW.revision = OLD.revision AND piaoka_sealed_anew(OLD.person, NEW.person))
        EXECUTE FUNCTION piaoka_guard_seal_of_order();
    `);
    for (const table of WRITTEN_ONCE) {
      await queryRunner.query(`
        DROP TRIGGER written_once ON ${table};
        CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON ${table}
          FOR EACH ROW EXECUTE FUNCTION piaoka_written_once_but_sealed();
        GRANT UPDATE (person) ON ${table} TO piaoka_engine;
      `);
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of WRITTEN_ONCE) {
      await queryRunner.query(`
        REVOKE UPDATE (person) ON ${table} FROM piaoka_engine;
        DROP TRIGGER written_once ON ${table};
        CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON ${table}
          FOR EACH ROW EXECUTE FUNCTION piaoka_written_once();
      `);
    }
    await queryRunner.query(`
      DROP TRIGGER guard_seal ON orders;
      DROP TRIGGER guard ON orders;
      CREATE TRIGGER guard BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION piaoka_guard_order();
      DROP FUNCTION piaoka_guard_seal_of_order(), piaoka_written_once_but_sealed(),
                    piaoka_reseal(regclass, name, tid[], bytea[], bytea[]), piaoka_sealed_anew(bytea, bytea);
      DROP TABLE sealing_keys;
    `);
  }
}
