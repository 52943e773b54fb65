import { createServer } from 'node:net';

const BY_DEFAULT = { PORT: 3000, SANDBOX_PORT: 8790, SANDBOX_CONTROL_PORT: 8791 };

export type Ports = Record<keyof typeof BY_DEFAULT, number>;

/**
 * Where the demo's programs listen. A port that the environment names is taken or refused, never exchanged; without one
 * it is the usual port where that is free, else any free one.
 */
export async function choosePorts(env: NodeJS.ProcessEnv): Promise<Ports> {
  const chosen: Partial<Ports> = {};
  const others = () => Object.values(chosen);
  const names = Object.keys(BY_DEFAULT) as (keyof Ports)[];
  const given = names.filter((name) => env[name]?.trim());
  for (const name of given) chosen[name] = await givenPort(name, env[name]?.trim() as string, others());
  for (const name of names) chosen[name] ??= await freePort(BY_DEFAULT[name], others());
  return chosen as Ports;
}

async function givenPort(name: string, text: string, others: number[]): Promise<number> {
  const wanted = Number(text);
  if (!/^\d+$/.test(text) || wanted > 65_535) {
    throw new Error(`${name} 须为 0 到 65535 的端口号，而不是 "${text}"。${name} must be a port, 0 to 65535.`);
  }
  const got = others.includes(wanted) ? null : await probe(wanted);
  if (got !== null) return got;
  throw new Error(
    `${name}=${wanted} 已被占用，请换一个端口或结束占用它的程序。` +
      `${name}=${wanted} is in use: give another port, or end the program that has it.`,
  );
}

/** The wanted port where it is free, else any free one. */
export async function freePort(wanted: number, others: number[] = []): Promise<number> {
  const usual = others.includes(wanted) ? null : await probe(wanted);
  return usual ?? ((await probe(0)) as number);
}

function probe(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen(port, '127.0.0.1', () => {
      const { port: got } = server.address() as { port: number };
      server.close(() => resolve(got));
    });
  });
}
