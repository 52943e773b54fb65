import { loadConfig } from '../config';
import { auditVerifyCommand } from './verify-command';

/** `node dist/src/audit/main.js`: the check of the audit trail for those who have nothing but the database and its key. */
auditVerifyCommand(loadConfig(process.env), (line) => process.stdout.write(`${line}\n`)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 2;
  },
);
