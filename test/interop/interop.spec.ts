import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

// It fetches packages from the registry: only the long run does.
const long = process.env.LONG ? it : it.skip;

long(
  'programs written for WeChat work against the simulated WeChat, and read and write its pushes',
  () => {
    const said = execFileSync(process.execPath, [join(__dirname, 'main.js')], { encoding: 'utf8', timeout: 400_000 });
    expect(said).toMatch(/^(\d+) of \1 hold$/m);
  },
  400_000,
);
