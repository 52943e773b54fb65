import { FastifyInstance, FastifyRequest } from 'fastify';
import { createHash, timingSafeEqual } from 'node:crypto';
import { answer } from './problem.filter';
import { Asking, bearerOf, Judged, WrongKeys } from './wrong-keys';

/** Who may see what no merchant's data is in; null: everybody. */
export type PageKeys = Record<'metrics' | 'docs', ((key: string, asking: Asking) => Promise<Judged<unknown>>) | null>;

/**
 * The figures, and the pages about the API, behind a key where the settings say so. The key comes as Bearer, or as the
 * password that a browser asks for. The pages about error codes stay open: a problem's `type` leads there.
 */
export function guardPages(fastify: FastifyInstance, keys: PageKeys, wrongKeys: WrongKeys): void {
  fastify.addHook('onRequest', async (request, reply) => {
    const door = doorOf(request);
    const judge = door && keys[door];
    if (!door || !judge) return;
    const shown = { door, address: request.ip, key: bearerOf(request) ?? passwordOf(request) };
    const admitted = await wrongKeys.admit(shown, judge);
    if ('owner' in admitted) return;
    // A browser then asks for the key.
    if (door === 'docs' && admitted.refused.status === 401) {
      void reply.header('www-authenticate', 'Basic realm="piaoka", charset="UTF-8"');
    }
    answer(admitted.refused, request, reply);
    return reply;
  });
}

/** The key that a setting gives. */
export function onlyKey(key: string) {
  const right = sha256(key);
  return (shown: string): Promise<Judged<null>> =>
    Promise.resolve(timingSafeEqual(sha256(shown), right) ? { owner: null } : { wrong: 'unknown' });
}

/** By the route that was found, not by the address as it was written: that has many spellings. */
function doorOf({ routeOptions: { url } }: FastifyRequest): 'metrics' | 'docs' | null {
  if (url === undefined || url.startsWith('/docs/errors')) return null;
  if (url === '/metrics') return 'metrics';
  return /^\/(docs(\/|$)|openapi\.)/.test(url) ? 'docs' : null;
}

function passwordOf({ headers }: FastifyRequest): string | null {
  const given = /^Basic ([A-Za-z0-9+/=]{1,1024})$/i.exec(headers.authorization ?? '')?.[1];
  return (given && Buffer.from(given, 'base64').toString().split(':').slice(1).join(':')) || null;
}

function sha256(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
