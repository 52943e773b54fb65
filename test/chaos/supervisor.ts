import { ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const MAIN = join(__dirname, '..', '..', 'src', 'main.js');
const STOP_MS = 20_000;
const BUSY_MS = 1000;

/** One place for a process of the service: whatever dies in it is started again at the same port. */
export interface Place {
  name: string;
  role: 'api' | 'worker';
  url: string;
  child: ChildProcess;
  /** It has said so since it was started. */
  ready: boolean;
  readyAt: number;
  /** Stopped, beyond its lease. */
  frozen: boolean;
}

/** Starts the processes of the service, and starts each again when it dies. */
export class Supervisor {
  readonly places: Place[];
  starts = 0;
  /** What a process did that no process should do: end by itself once it was ready, or not end when asked. */
  readonly faults: string[] = [];
  private stopping = false;

  constructor(
    roles: ('api' | 'worker')[],
    ports: number[],
    private readonly env: NodeJS.ProcessEnv,
    private readonly logs: string,
  ) {
    this.places = roles.map((role, index) => {
      const url = `http://127.0.0.1:${ports[index]}`;
      const place = { name: `${role}-${index}`, role, url, ready: false, frozen: false } as Place;
      this.start(place);
      return place;
    });
  }

  alive(): Place[] {
    return this.places.filter(({ ready, frozen }) => ready && !frozen);
  }

  /** Those that can be harmed: up for long enough to have work in their hands, on a slow machine as well. */
  busy(role?: 'worker'): Place[] {
    const long = performance.now() - BUSY_MS;
    return this.alive().filter((place) => place.readyAt < long && (!role || place.role === role));
  }

  kill(place: Place): void {
    place.child.kill('SIGKILL');
  }

  /** SIGSTOP, and SIGCONT after so long: to the rest of the world it was dead, and it knows nothing of that. */
  async freeze(place: Place, ms: number): Promise<void> {
    const { child } = place;
    place.frozen = true;
    child.kill('SIGSTOP');
    await sleep(ms);
    child.kill('SIGCONT');
    place.frozen = false;
  }

  async allReady(): Promise<void> {
    while (!this.places.every(({ ready }) => ready)) await sleep(50);
  }

  /** SIGTERM to all: each finishes what is on its way and ends. */
  async stop(): Promise<void> {
    this.stopping = true;
    await Promise.all(
      this.places.map(async ({ name, child }) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const gone = new Promise<number | null>((resolve) => child.once('exit', resolve));
        child.kill('SIGTERM');
        const code = await Promise.race([gone, sleep(STOP_MS, 'late' as const, { ref: false })]);
        if (code !== 0) this.faults.push(`${name} ended with ${code} when it was asked to stop`);
        if (code === 'late') child.kill('SIGKILL');
      }),
    );
  }

  /** For when everything else has failed: leaves nothing running. */
  killAll(): void {
    this.stopping = true;
    for (const { child } of this.places) child.kill('SIGKILL');
  }

  private start(place: Place): void {
    const log = join(this.logs, `${place.name}.log`);
    const stderr = openSync(log, 'a');
    const child = spawn(process.execPath, [MAIN], {
      env: { ...this.env, ROLE: place.role, PORT: new URL(place.url).port, LOG_LEVEL: 'info' },
      stdio: ['ignore', 'pipe', stderr],
    });
    closeSync(stderr);
    this.starts += 1;
    Object.assign(place, { child, ready: false, frozen: false });
    child.stdout?.on('data', (chunk: Buffer) => {
      appendFileSync(log, chunk);
      if (place.ready || !chunk.includes('Piaoka is ready')) return;
      Object.assign(place, { ready: true, readyAt: performance.now() });
    });
    child.once('exit', (code, signal) => {
      if (this.stopping) return;
      // Without its database a process may fail to start; once it is up, it must outlive everything but a kill.
      if (place.ready && signal !== 'SIGKILL') this.faults.push(`${place.name} ended by itself: ${code ?? signal}`);
      place.ready = false;
      setTimeout(() => !this.stopping && this.start(place), 50);
    });
  }
}
