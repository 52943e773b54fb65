import { Queue, Worker } from 'bullmq';
import PgBoss from 'pg-boss';

export const QUEUE = Symbol('QUEUE');
const NAME = 'insertions';

export interface JobQueue {
  add(orderId: string): Promise<void>;
  work(handle: (orderId: string) => Promise<void>, concurrency: number): Promise<void>;
}

/** BullMQ where there is a Redis, else pg-boss in the same PostgreSQL. */
export const queueProvider = {
  provide: QUEUE,
  useFactory: (): Promise<JobQueue> => (process.env.REDIS_PORT ? bullQueue() : bossQueue()),
};

async function bullQueue(): Promise<JobQueue> {
  const connection = { host: '127.0.0.1', port: Number(process.env.REDIS_PORT), maxRetriesPerRequest: null };
  const queue = new Queue<{ orderId: string }>(NAME, {
    connection,
    defaultJobOptions: { attempts: 5, backoff: { type: 'exponential', delay: 1000 }, removeOnComplete: true },
  });
  return {
    add: async (orderId) => void (await queue.add('insert', { orderId }, { jobId: orderId })),
    work: async (handle, concurrency) => {
      const worker = new Worker<{ orderId: string }>(NAME, ({ data }) => handle(data.orderId), {
        connection,
        concurrency,
      });
      await worker.waitUntilReady();
    },
  };
}

/** pg-boss polls every half second at best: several pollers, started one after the other, wait less between them. */
async function bossQueue(): Promise<JobQueue> {
  const boss = new PgBoss({ connectionString: process.env.DATABASE_URL, max: 16 });
  boss.on('error', () => undefined);
  await boss.start();
  await boss.createQueue(NAME);
  return {
    add: async (orderId) => void (await boss.send(NAME, { orderId }, { retryLimit: 5, retryBackoff: true })),
    work: async (handle, concurrency) => {
      const pollers = 8;
      for (let n = 0; n < pollers; n += 1) {
        await boss.work<{ orderId: string }>(
          NAME,
          { batchSize: Math.max(32, Math.ceil(concurrency / pollers)), pollingIntervalSeconds: 0.5 },
          async (jobs) => {
            await Promise.all(jobs.map(({ data }) => handle(data.orderId)));
          },
        );
        await new Promise((resolve) => setTimeout(resolve, 500 / pollers));
      }
    },
  };
}
