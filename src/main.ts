import 'reflect-metadata';
import { ConfigError, loadConfig } from './config';
import { makeLog } from './log';
import { startService } from './service';
import { startFault } from './start-faults';

async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const log = makeLog(config.LOG_LEVEL);
  const service = await startService(config, log).catch((error: unknown) => {
    const fault = startFault(error, config);
    throw fault ? new ConfigError([fault]) : error;
  });
  let stopping = false;
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      log.info({ signal }, 'stopping: finishing what is on its way');
      service.close().then(
        () => process.exit(0),
        (error: unknown) => {
          log.error({ err: error }, 'the stop was not clean');
          process.exit(1);
        },
      );
    });
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof ConfigError ? error.message : (error as Error).stack}\n`);
  process.exit(1);
});
