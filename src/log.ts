import pino, { DestinationStream, Logger } from 'pino';

export type Log = Logger;

/**
 * JSON lines on standard output, or elsewhere. Nothing of a request's or answer's body is ever logged, and of an error only what it is:
 * its message may hold an address with a token or a value of a person.
 */
export function makeLog(level: string, to: DestinationStream = pino.destination(1)): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: errorWithoutValues },
    },
    to,
  );
}

function errorWithoutValues(error: unknown): Record<string, unknown> {
  const { name, code, stack } = error as { name?: string; code?: string; stack?: string };
  const frames = stack?.split('\n').filter((line) => /^\s+at /.test(line));
  return { name, code, at: frames?.slice(0, 6).map((line) => line.trim()) };
}
