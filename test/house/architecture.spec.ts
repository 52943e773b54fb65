import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cruise } from './cruise';
import { RULES } from './dependency-rules';
import { filesBelow, read, ROOT } from './repository';

const PATIENCE_MS = 120_000;
const MOST_LINES = 260;

test(
  'imports only go down, and never in a circle',
  () => {
    const { violations, imports } = cruise(ROOT, ['src', 'migrations', 'bench', 'test', 'ormconfig.ts']);
    // That TypeScript was read at all: an empty tree breaks no rule.
    expect(imports.get('src/main.ts')).toContain('src/service.ts');
    expect(imports.size).toBeGreaterThan(filesBelow('src', /\.ts$/).length);
    expect(violations).toEqual([]);
  },
  PATIENCE_MS,
);

/** Each line breaks exactly the rule before it, or, under `fine`, none. */
const MADE_UP: [rule: string, file: string, imported: string][] = [
  ['fine', 'src/main.ts', './orders/orders'],
  ['fine', 'src/orders/orders.ts', '../http/door'],
  ['fine', 'src/orders/orders.ts', '../merchants/merchants'],
  ['fine', 'src/http/door.ts', '../domain/rule'],
  ['fine', 'src/http/door.ts', '../log'],
  ['fine', 'src/wechat/wire.ts', '../data/store'],
  ['fine', 'src/data/store.ts', '../../migrations/first'],
  ['fine', 'src/sandbox/main.ts', '../wechat/wire'],
  ['fine', 'src/cli/main.ts', '../orders/orders'],
  ['fine', 'src/demo/main.ts', 'qrcode'],
  ['fine', 'src/demo/main.ts', '../sandbox/main'],
  ['no-cycles', 'src/merchants/merchants.ts', './keys'],
  ['no-cycles', 'src/merchants/keys.ts', './merchants'],
  ['domain-is-alone', 'src/domain/rule.ts', 'node:fs'],
  ['domain-is-alone', 'src/domain/rule.ts', 'pg'],
  ['domain-is-alone', 'src/domain/rule.ts', '../log'],
  ['ground-is-alone', 'src/config.ts', './domain/rule'],
  ['edges-know-no-feature', 'src/wechat/wire.ts', '../accounts/accounts'],
  ['edges-know-no-other', 'src/invoice-files/pdf.ts', '../data/store'],
  ['wechat-knows-data-only', 'src/wechat/wire.ts', '../http/door'],
  ['features-know-no-top', 'src/accounts/accounts.ts', '../schedule'],
  ['sandbox-is-apart', 'src/sandbox/main.ts', '../wechat/verdict'],
  ['product-needs-no-sandbox', 'src/accounts/accounts.ts', '../sandbox/main'],
  ['product-needs-no-sandbox', 'src/merchants/merchants.ts', '../../test/world'],
  ['migrations-are-frozen', 'migrations/first.ts', '../src/domain/rule'],
  ['production-packages', 'src/orders/orders.ts', 'qrcode'],
];

test(
  'every rule bites in a made-up tree, and bites nothing else',
  () => {
    const tree = mkdtempSync(join(tmpdir(), 'piaoka-tree-'));
    try {
      plant(tree);
      const bitten = cruise(tree, ['src', 'migrations']).violations.map((line) => line.split(' → ')[0]);
      const expected = MADE_UP.filter(([name]) => name !== 'fine').map(([name, file]) => `${name}: ${file}`);
      // A circle is one violation, told at one of its imports.
      expect([...new Set(bitten)].filter(notCycle).sort()).toEqual([...new Set(expected)].filter(notCycle).sort());
      expect(bitten.filter((line) => !notCycle(line as string))).not.toEqual([]);
      expect(new Set(expected.map((line) => line.split(':')[0]))).toEqual(new Set(RULES.map(({ name }) => name)));
    } finally {
      rmSync(tree, { recursive: true });
    }
  },
  PATIENCE_MS,
);

function notCycle(line: string | undefined): boolean {
  return !line?.startsWith('no-cycles');
}

/** Half of the imports as types only: they count as well. */
function plant(tree: string): void {
  const alone = ['src/log.ts', 'src/schedule.ts', 'src/wechat/verdict.ts', 'test/world.ts'];
  const texts = new Map(alone.map((file) => [file, '']));
  MADE_UP.forEach(([, file, imported], n) => {
    const line =
      n % 2 ? `import type { X${n} } from '${imported}';\nexport type Y${n} = X${n};\n` : `import '${imported}';\n`;
    texts.set(file, (texts.get(file) ?? '') + line);
  });
  for (const [file, text] of texts) {
    mkdirSync(dirname(join(tree, file)), { recursive: true });
    writeFileSync(join(tree, file), `${text}export const here = 1;\n`);
  }
  writeFileSync(join(tree, 'package.json'), '{"dependencies":{"pg":"8.23.1"},"devDependencies":{"qrcode":"1.5.4"}}');
  symlinkSync(join(ROOT, 'node_modules'), join(tree, 'node_modules'));
}

const OUR_FILES = ['src', 'test', 'bench', 'migrations'].flatMap((folder) => filesBelow(folder, /\.(ts|mjs)$/));

test(`a file has at most ${MOST_LINES} lines: it answers one question`, () => {
  expect(tooLong(['a.ts', 'b.ts'], (file) => '\n'.repeat(file === 'a.ts' ? MOST_LINES : MOST_LINES + 1))).toEqual([
    `b.ts: ${MOST_LINES + 1} lines`,
  ]);
  expect(tooLong(OUR_FILES, read)).toEqual([]);
});

test('there are no barrel files: an import says where a thing is', () => {
  const made = (file: string) => (file === 'x/re.ts' ? "export { a } from './a';" : "import { a } from './a';");
  expect(barrels(['x/index.ts', 'x/re.ts', 'x/indexes.ts'], made)).toEqual(['x/index.ts', 'x/re.ts']);
  expect(barrels(OUR_FILES, read)).toEqual([]);
});

function tooLong(files: string[], text: (file: string) => string): string[] {
  return files
    .map((file) => ({ file, lines: text(file).split('\n').length - 1 }))
    .filter(({ lines }) => lines > MOST_LINES)
    .map(({ file, lines }) => `${file}: ${lines} lines`);
}

function barrels(files: string[], text: (file: string) => string): string[] {
  const reexport = /^export (type )?(\*|\{[^}]*\}) .*from '/m;
  return files.filter((file) => /(^|\/)index\.\w+$/.test(file) || reexport.test(text(file)));
}
