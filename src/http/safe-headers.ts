import { FastifyInstance } from 'fastify';

/** Answers are data: a browser that is led to one runs, shows and frames nothing of it. */
const DATA = `default-src 'none'; frame-ancestors 'none'`;
/** Swagger UI brings its own scripts and styles, and calls this service alone. */
const SWAGGER = [
  `default-src 'none'`,
  `script-src 'self'`,
  `style-src 'self' 'unsafe-inline'`,
  `img-src 'self' data:`,
  `font-src 'self' data:`,
  `connect-src 'self'`,
  `base-uri 'none'`,
  `form-action 'none'`,
  `frame-ancestors 'none'`,
].join('; ');

/** What every answer tells browsers and proxies, unless its route says otherwise: whatever is personal is kept nowhere. */
export function registerSafeHeaders(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', ({ url }, reply, done) => {
    void reply.headers({
      'cache-control': 'no-store',
      'content-security-policy': /^\/docs(\/(?!errors)|$|\?)/.test(url) ? SWAGGER : DATA,
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    });
    done();
  });
}
