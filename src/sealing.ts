import { Config, ConfigError } from './config';
import { Database } from './data/open-database';
import { Sealer } from './data/sealed';
import { MissingKey, SealingKeys } from './data/sealing-keys';
import { LostValue } from './domain/lost-value';
import { Log } from './log';

/** What seals and opens values in this process. A key that is in use and not given stops the start, by its name. */
export async function openSealer({ dataSource }: Database, config: Config, log: Log) {
  const tell = ({ of, keyId, why }: LostValue) =>
    log.error({ value: of, key: keyId, why }, 'a sealed value cannot be opened');
  const sealer = new Sealer(config.MASTER_KEY, config.MASTER_KEY_PREVIOUS ?? [], tell);
  const keys = new SealingKeys(dataSource, sealer, (missing) => {
    if (missing.length > 0) log.error({ missing }, 'not ready: others seal with keys that this process lacks');
    else log.info('every key in use is here again');
  });
  const missing = await keys.enter();
  if (missing.length > 0) throw new ConfigError(missing.map((key) => sentence(key, sealer)));
  keys.start();
  return { sealer, keys };
}

/** One line. `?`: there was no time to look at all of that table. */
function sentence({ keyId, places }: MissingKey, sealer: Sealer): string {
  const given = sealer.keyIds().join(', ');
  const [zh, en] = places.length > 0 ? [places.join('、'), places.join(', ')] : ['另一进程', 'another process'];
  return (
    `MASTER_KEY: 密钥 ${keyId} 在用（${zh}），但没有给出（给出的是 ${given}）。请把它加入 MASTER_KEY_PREVIOUS。 ` +
    `The key ${keyId} is in use (${en}) and not given (given: ${given}): add it to MASTER_KEY_PREVIOUS.`
  );
}
