import { parseArgs } from 'node:util';
import { loadConfig } from '../config';
import { auditVerifyCommand } from './verify-command';

/** `node dist/src/audit/main.js [--anchors FILE]`: the check of the audit trail for those who have nothing but the database and its key. */
async function main(): Promise<number> {
  const { anchors } = parseArgs({ options: { anchors: { type: 'string' } } }).values;
  return auditVerifyCommand(loadConfig(process.env), (line) => process.stdout.write(`${line}\n`), anchors);
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 2;
  },
);
