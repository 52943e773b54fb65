import { Config, loadConfig } from '../config';
import { Database, openDatabase } from './open-database';
import { census, reseal, Step } from './reseal';
import { Sealer } from './sealed';
import { enteredKeys, forgetKey, SealingKeys } from './sealing-keys';

const USAGE = `
  npm run db:keys                   在用的密钥 id，各加密多少个值 which keys are in use, and how many values each seals
  npm run db:keys -- reseal         用现在的 MASTER_KEY 重新加密其余的值，可随时中断重来 seal everything else with MASTER_KEY anew; may be stopped and run again
  npm run db:keys -- forget <id>    放弃一个遗失的密钥，它加密的值不可再读 give up a lost key: what it seals stays unreadable
`;

interface Call {
  database: Database;
  config: Config;
  sealer: Sealer;
}

const COMMANDS: Record<string, (call: Call, args: string[]) => Promise<number>> = {
  '': list,
  list,
  reseal: resealAll,
  forget: forgetOne,
};

async function main(name = '', ...args: string[]): Promise<number> {
  const command = COMMANDS[name];
  if (!command) throw new Error(USAGE);
  const config = loadConfig(process.env);
  const database = await openDatabase({ ...config, MIGRATE_ON_START: false }, () => undefined);
  try {
    return await command(
      { database, config, sealer: new Sealer(config.MASTER_KEY, config.MASTER_KEY_PREVIOUS ?? []) },
      args,
    );
  } finally {
    await database.close();
  }
}

/** 0: every key in use is given. */
async function list({ database: { dataSource }, sealer }: Call): Promise<number> {
  const counted = await census(dataSource);
  const entered = await enteredKeys(dataSource);
  const ids = [...new Set([...entered.map(({ keyId }) => keyId), ...counted.keys()])]
    .filter((id) => id !== 'none')
    .sort();
  for (const id of ids) {
    const places = counted.get(id) ?? new Map<string, number>();
    say(
      `${id}  ${sum(places)} ${placesOf(places)}  ${standing(
        id,
        sealer,
        entered.some(({ keyId, live }) => keyId === id && live),
      )}`,
    );
  }
  return ids.every((id) => sealer.hasKey(id)) ? 0 : 1;
}

/** 0: only the present key is in use. */
async function resealAll({ database: { dataSource }, sealer }: Call): Promise<number> {
  // Entered like every process that seals; a key that is missing does not keep the others from being replaced.
  await new SealingKeys(dataSource, sealer, () => undefined).look();
  const { resealed, damaged } = await reseal(dataSource, sealer, progress());
  for (const { place, keyId, of } of damaged)
    say(`✗ ${place} ${of} (${keyId}): 已损坏，无法解密，原样保留 damaged, left as it is`);
  say(
    `✓ 重新加密 ${resealed} 个值，全部改用 ${sealer.currentKeyId}。${resealed} values sealed anew with ${sealer.currentKeyId}.`,
  );
  const counted = await census(dataSource);
  let clean = true;
  for (const { keyId } of await enteredKeys(dataSource)) {
    if (keyId === sealer.currentKeyId) continue;
    const left = sum(counted.get(keyId)) - damaged.filter((one) => one.keyId === keyId).length;
    const forgotten = left === 0 && (await forgetKey(dataSource, keyId));
    clean &&= forgotten;
    if (forgotten)
      say(`${keyId}: 0，可从 MASTER_KEY_PREVIOUS 移除 nothing is left, take it out of MASTER_KEY_PREVIOUS`);
    else if (left === 0)
      say(
        `${keyId}: 0，但仍有进程用它加密，5 分钟后再运行一次 a process still seals with it: run this again 5 minutes after it ended`,
      );
    else say(`${keyId}: ${left} ${placesOf(counted.get(keyId))}  ${standing(keyId, sealer, false)}`);
  }
  return clean ? 0 : 1;
}

async function forgetOne({ database: { dataSource }, sealer }: Call, [id = '']: string[]): Promise<number> {
  if (!/^[0-9a-f]{8}$/.test(id)) throw new Error(USAGE);
  if (id === sealer.currentKeyId) throw new Error('这是现在的密钥。That is the present key.');
  if (await forgetKey(dataSource, id)) {
    say(`已放弃 ${id}。${id} is given up: orders that need what it seals go to a person.`);
    return 0;
  }
  throw new Error(
    `${id} 没有登记，或 5 分钟内仍有进程用它加密。${id} is not in use, or a process sealed with it within 5 minutes.`,
  );
}

function standing(id: string, sealer: Sealer, live: boolean): string {
  if (id === sealer.currentKeyId) return '现在的密钥 the present key';
  if (!sealer.hasKey(id)) return '✗ 没有给出，请加入 MASTER_KEY_PREVIOUS not given: add it to MASTER_KEY_PREVIOUS';
  return live ? '已给出，仍有进程用它加密 given; a process still seals with it' : '已给出 given';
}

function sum(places: Map<string, number> = new Map()): number {
  return [...places.values()].reduce((total, count) => total + count, 0);
}

function placesOf(places: Map<string, number> = new Map()): string {
  return `(${[...places].map(([place, count]) => `${place} ${count}`).join(', ')})`;
}

/** One line a place where nobody watches, else one that changes. */
function progress(): (step: Step) => void {
  const { stderr } = process;
  return ({ place, done, of, resealed }) => {
    if (!stderr.isTTY && done < of) return;
    const line = `${place} ${Math.floor((100 * done) / of)} %, ${resealed}`;
    stderr.write(stderr.isTTY ? `\r\u001b[K${line}${done < of ? '' : '\n'}` : `${line}\n`);
  };
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

main(...process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 2;
  },
);
