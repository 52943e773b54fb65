/**
 * Named places where a test can make this process die, fail or dawdle: `FAILPOINTS=record.begun=kill,claim.done=delay:5000`.
 * Without FAILPOINTS a place costs one comparison. A place may be told to act on its n-th passing only: `name=kill@3`.
 */
type Act = { kind: 'kill' } | { kind: 'throw' } | { kind: 'delay'; ms: number };

interface Armed {
  act: Act;
  /** 0: every time. */
  on: number;
  passed: number;
}

let armed: Map<string, Armed> | null = null;

export class FailpointError extends Error {
  readonly code = 'FAILPOINT';
}

/** The parser of the setting. */
export function parseFailpoints(text: string): Map<string, Armed> {
  return new Map(
    text.split(',').map((part) => {
      const match = /^([a-z0-9_.-]+)=(kill|throw|delay:(\d+))(?:@(\d+))?$/.exec(part.trim());
      if (!match)
        throw new Error('must look like name=kill, name=throw or name=delay:5000, each with @n for the n-th time');
      const [, name, kind, ms, on] = match;
      const act: Act = ms ? { kind: 'delay', ms: Number(ms) } : { kind: kind as 'kill' | 'throw' };
      return [name as string, { act, on: Number(on ?? 0), passed: 0 }];
    }),
  );
}

export function armFailpoints(points: Map<string, Armed> | null): void {
  armed = points;
}

/** Passes at once unless a test has armed this place. */
export function failpoint(name: string): Promise<void> | undefined {
  if (armed === null) return undefined;
  const point = armed.get(name);
  if (!point) return undefined;
  point.passed += 1;
  if (point.on !== 0 && point.passed !== point.on) return undefined;
  // The test proves with this line that the place was really passed.
  process.stderr.write(`failpoint ${name} ${point.act.kind}\n`);
  switch (point.act.kind) {
    case 'kill':
      process.kill(process.pid, 'SIGKILL');
      return new Promise(() => undefined);
    case 'throw':
      return Promise.reject(new FailpointError(`failpoint ${name}`));
    case 'delay': {
      const { ms } = point.act;
      return new Promise((resume) => setTimeout(resume, ms));
    }
  }
}
