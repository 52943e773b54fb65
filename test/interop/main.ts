import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../house/repository';
import { WechatCaller } from '../sandbox/wechat-caller';
import setUp from '../support/global-setup';
import tearDown from '../support/global-teardown';
import { World } from '../support/world';
import { cardChecks } from './cards';
import { Check, InteropWorld } from './check';
import { cryptoChecks } from './crypto';
import { installPeers } from './peers';
import { signatureChecks } from './signatures';
import { uploadChecks } from './uploads';
import { wholeChecks } from './whole';

const PAGE = join(ROOT, 'docs/wechat.md');
const MARKS = ['<!-- interop: written by `npm run interop -- --write` -->', '<!-- end of interop -->'] as const;

/**
 * `npm run interop [-- --write]`: programs written for WeChat against the simulated WeChat and our side of its pushes.
 * They are installed into a directory of their own, which is removed afterwards. Exits with 1 where one of them fails.
 */
async function main(): Promise<number> {
  const { peers, folder } = installPeers();
  // Under jest there is a server already; by itself it brings its own.
  const alone = process.env.TEST_SERVER_URL === undefined;
  if (alone) await setUp();
  const service = await World.start();
  const wechat = new WechatCaller(service.sandbox);
  await wechat.signIn();
  try {
    const world: InteropWorld = { peers, wechat, serviceUrl: service.service.url };
    const lines: string[] = [];
    let failed = 0;
    for (const { peer, what, work } of [
      ...cardChecks,
      ...uploadChecks,
      ...wholeChecks,
      ...signatureChecks,
      ...cryptoChecks,
    ] satisfies Check[]) {
      const wrong = await work(world).then(
        () => null,
        (error: unknown) => (error instanceof Error ? error.message : JSON.stringify(error)),
      );
      console.log(`${wrong === null ? '✓' : '✗'} ${peer}: ${what}${wrong === null ? '' : `\n    ${wrong}`}`);
      failed += wrong === null ? 0 : 1;
      lines.push(`| \`${peer}\` ${peers.versions[peer] ?? ''} | ${what} | ${wrong === null ? 'yes' : 'no'} |`);
    }
    if (process.argv.includes('--write')) keep(lines);
    console.log(`${lines.length - failed} of ${lines.length} hold`);
    return failed === 0 ? 0 : 1;
  } finally {
    await service.end();
    if (alone) await tearDown();
    rmSync(folder, { recursive: true, force: true });
  }
}

function keep(lines: string[]): void {
  const page = readFileSync(PAGE, 'utf8');
  const [from, to] = [page.indexOf(MARKS[0]), page.indexOf(MARKS[1])];
  if (from < 0 || to < from) throw new Error(`${PAGE} lacks its marks`);
  const table = ['| package | what it did | holds |', '|---|---|---|', ...lines].join('\n');
  writeFileSync(PAGE, `${page.slice(0, from)}${MARKS[0]}\n\n${table}\n\n${page.slice(to)}`);
}

// wechat-jssdk leaves a timer behind.
main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
