import { Accounts } from '../../src/accounts/accounts';
import { loadConfig } from '../../src/config';
import { dataSourceFor } from '../../src/data/data-source';
import { Sealer } from '../../src/data/sealed';
import { createDatabase, query } from '../support/databases';
import { APPID, environment, MASTER_KEY } from '../support/world';

const AES_KEY = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG';
const KEYS = { WECHAT_CALLBACK_TOKEN: 'tokenoftheaccount', WECHAT_CALLBACK_AES_KEY: AES_KEY };

it('what the environment says of an account is applied as a whole, or at the next start', async () => {
  const { url, drop } = await createDatabase();
  const dataSource = await dataSourceFor(url, { poolSize: 2 }).initialize();
  const start = async () => {
    const accounts = new Accounts(dataSource, new Sealer(MASTER_KEY));
    await accounts.bootstrap(loadConfig(environment(url, 'http://127.0.0.1:1', KEYS)));
    return accounts.find(APPID);
  };
  await query(
    url,
    `CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'cut off'; END $$;
     CREATE TRIGGER cut BEFORE INSERT OR UPDATE ON accounts FOR EACH ROW
       WHEN (NEW.callback_keys IS NOT NULL) EXECUTE FUNCTION cut()`,
  );
  await expect(start()).rejects.toThrow();
  expect(await query(url, 'SELECT appid FROM accounts')).toEqual([]);
  await query(url, 'DROP TRIGGER cut ON accounts; DROP FUNCTION cut()');
  const keys = { token: 'tokenoftheaccount', aesKey: AES_KEY, previousAesKey: null };
  expect(await start()).toMatchObject({ callbackKeys: keys });
  await dataSource.destroy();
  await drop();
});
