import Fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import type { World } from '../state/world';
import { ledgerRoutes } from './ledger.routes';
import { machineRoutes } from './machine.routes';
import { controlPage } from './page';
import { peopleRoutes } from './people.routes';
import { Problem } from './problem';
import { weatherRoutes } from './weather.routes';

const BODY_LIMIT = 64 * 1024 * 1024;

/** For the person or test that plays the user and the weather. Refusals are `{error}` with 4xx. */
export function controlServer(world: World, wechatUrl: () => string): FastifyInstance {
  const app = Fastify({
    bodyLimit: BODY_LIMIT,
    forceCloseConnections: true,
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, allErrors: false, allowUnionTypes: true } },
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, String(body).trim() === '' ? null : JSON.parse(String(body)));
    } catch {
      done(new Problem(400, 'the body is not JSON'));
    }
  });
  app.get('/', (_request, reply) => reply.type('text/html; charset=utf-8').send(controlPage(world, wechatUrl())));
  ledgerRoutes(app, world);
  peopleRoutes(app, world);
  weatherRoutes(app, world);
  machineRoutes(app, world);
  app.setNotFoundHandler((request, reply) => reply.code(404).send({ error: `no ${request.method} ${request.url}` }));
  app.setErrorHandler((error: FastifyError, _request, reply) =>
    reply.code(error.statusCode ?? 500).send({ error: explained(error) }),
  );
  return app;
}

/** Names the values that would have been right. */
function explained({ message, validation }: FastifyError): string {
  const allowed = validation?.map(({ params }) => params['allowedValues']).find(Array.isArray);
  const unknown = validation
    ?.map(({ params }) => params['additionalProperty'])
    .find((name) => typeof name === 'string');
  return message + (allowed ? `: ${allowed.join(', ')}` : '') + (unknown ? `: "${unknown}"` : '');
}
