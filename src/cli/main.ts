#!/usr/bin/env node
import { EXIT } from './exit';
import { run } from './run';

run(process.argv.slice(2), process.env, process).then(
  (exit) => (process.exitCode = exit),
  (error: unknown) => {
    process.stderr.write(`${(error as Error).stack}\n`);
    process.exitCode = EXIT.unreachable;
  },
);
