// Makes the checkout ready to run: installs packages and builds, each only when missing or outdated.
// Plain JavaScript because it runs before anything is installed. Every npm script starts with it.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const STAMP = join(root, 'dist', '.built-from');
const LOCK = join(root, '.ready.lock');

requireNode();
if (installed() && built()) process.exit(0);
withLock(() => {
  if (!installed())
    run('Installing packages', process.platform === 'win32' ? 'npm.cmd' : 'npm', [
      'ci',
      '--include=dev',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
    ]);
  if (!built()) {
    run('Building', process.execPath, [join('node_modules', '@nestjs', 'cli', 'bin', 'nest.js'), 'build']);
    writeFileSync(STAMP, fingerprint());
  }
});

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  say(`Piaoka needs Node.js 20.19 or newer; this is ${process.versions.node}. 需要 Node.js 20.19 或更高版本。`);
  process.exit(1);
}

function installed() {
  const record = join(root, 'node_modules', '.package-lock.json');
  return existsSync(record) && statSync(record).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs;
}

function built() {
  return existsSync(STAMP) && readFileSync(STAMP, 'utf8') === fingerprint();
}

/** Names, sizes and times of everything the build reads: a removed file counts as a change too. */
function fingerprint() {
  const hash = createHash('sha256');
  const visit = (path) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat) return;
    if (!stat.isDirectory()) hash.update(`${path}\0${stat.size}\0${stat.mtimeMs}\n`);
    else for (const name of readdirSync(path).sort()) visit(join(path, name));
  };
  for (const path of [
    'src',
    'test',
    'migrations',
    'bench',
    'ormconfig.ts',
    'tsconfig.json',
    'nest-cli.json',
    'package-lock.json',
  ]) {
    visit(join(root, path));
  }
  return hash.digest('hex');
}

/** Two commands started at once must not install or build over each other. */
function withLock(work) {
  for (let waited = 0; ; waited += 1) {
    try {
      mkdirSync(LOCK);
      writeFileSync(join(LOCK, 'pid'), String(process.pid));
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (!holderLives()) rmSync(LOCK, { recursive: true, force: true });
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
    }
  }
  try {
    work();
  } finally {
    rmSync(LOCK, { recursive: true, force: true });
  }
}

function holderLives() {
  try {
    process.kill(Number(readFileSync(join(LOCK, 'pid'), 'utf8')), 0);
    return true;
  } catch (error) {
    if (error.code === 'EPERM') return true;
    // The holder writes its pid right after making the directory; a young lock without one is being taken.
    return Date.now() - (statSync(LOCK, { throwIfNoEntry: false })?.mtimeMs ?? 0) < 2000 && error.code === 'ENOENT';
  }
}

function run(title, command, args) {
  say(`${title} …`);
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, SCARF_ANALYTICS: 'false' },
    shell: command.endsWith('.cmd'),
  });
  if (status === 0) return;
  rmSync(LOCK, { recursive: true, force: true });
  say(`${title} failed.`);
  process.exit(status ?? 1);
}

function say(text) {
  process.stderr.write(`${text}\n`);
}
