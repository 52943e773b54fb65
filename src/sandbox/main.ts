import { settingsFrom } from './settings';
import { startSandbox } from './sandbox';

async function main(): Promise<void> {
  const settings = settingsFrom(process.env);
  const sandbox = await startSandbox(settings);
  const weather = settings.calm ? 'calm' : 'ordinary day';
  console.log(`WeChat sandbox ${sandbox.url} · control ${sandbox.controlUrl} · ${weather} · seed ${sandbox.seed}`);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void sandbox.close());
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
