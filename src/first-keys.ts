import { createHash } from 'node:crypto';
import { DataSource } from 'typeorm';
import { Config } from './config';
import { applyAdministratorKey } from './console/first-administrator';
import { asEngine } from './data/statement';
import { Log } from './log';
import { applyFirstMerchant } from './merchants/first-merchant';

/** The keys of the environment. One that was revoked here stays dead: the service starts without it, and says so. */
export async function applyFirstKeys(dataSource: DataSource, config: Config, log: Log): Promise<void> {
  const merchant = await asEngine(dataSource, (client) => applyFirstMerchant(client, config));
  if (merchant === 'dead') tellDead('BOOTSTRAP_MERCHANT_KEY', log);
  const { BOOTSTRAP_ADMIN_KEY: key } = config;
  if (!key) return;
  const keySha256 = createHash('sha256').update(key).digest();
  const administrator = await asEngine(dataSource, (client) => applyAdministratorKey(client, keySha256));
  if (administrator === 'dead') tellDead('BOOTSTRAP_ADMIN_KEY', log);
}

function tellDead(setting: string, log: Log): void {
  log.warn(
    { setting },
    `${setting} 中的密钥已被吊销、替换或过期，不再启用；请换一个新密钥。 ` +
      `${setting} holds a key that was revoked or replaced, or has expired: it is not taken. Set a new one, or none.`,
  );
}
