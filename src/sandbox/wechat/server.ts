import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { Errcode } from '../../wechat/errcodes';
import { WIRE_PATHS } from '../../wechat/wire';
import type { World } from '../state/world';
import { type Answer, decorated, refused } from './answers';
import { showAuthPage, submitAuthPage } from './auth-page';
import { readCall, text } from './call';
import { ENDPOINTS } from './endpoints';
import { exchange } from './exchange';
import { htmlPage } from './html';
import { sendPdf } from './pdf';
import { JSON_TYPE } from '../weather/distort';

const BODY_LIMIT = 33 * 1024 * 1024;

/** api.weixin.qq.com as far as this sandbox goes: business errors are HTTP 200 with an errcode. */
export function wechatServer(world: World): FastifyInstance {
  const app = Fastify({
    bodyLimit: BODY_LIMIT,
    forceCloseConnections: true,
    routerOptions: { ignoreTrailingSlash: true },
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.addHook('onRequest', async (request, reply) => refuseUnmeasuredUpload(world, request, reply));
  for (const [path, endpoint] of Object.entries(ENDPOINTS)) {
    app.all(path, (request, reply) => exchange(readCall(world, path, endpoint.body, request), endpoint, reply));
  }
  app.get('/bizmall/authinvoice', (request, reply) => showAuthPage(world, request, reply));
  app.post('/bizmall/authinvoice', (request, reply) => submitAuthPage(world, request, reply));
  app.get<{ Querystring: Record<string, unknown> }>('/intp/invoice/getpdf', ({ query }, reply) =>
    sendPdf(world, text(query['media_key']), text(query['wx_invoice_token']), reply),
  );
  app.setNotFoundHandler((request, reply) => unknownPath(world, request, reply));
  app.setErrorHandler((error, request, reply) => unreadable(world, error as { statusCode?: number }, request, reply));
  return app;
}

/** The gateway in front of the upload wants a Content-Length and takes no chunks. */
function refuseUnmeasuredUpload(world: World, request: FastifyRequest, reply: FastifyReply): FastifyReply | undefined {
  const path = pathOf(request);
  if (path !== WIRE_PATHS.setpdf || request.method !== 'POST' || request.headers['content-length'] !== undefined)
    return undefined;
  world.ledger.open(world.clock.now(), request.method, path).status = 412;
  return reply
    .code(412)
    .header('connection', 'close')
    .type('text/html')
    .send(htmlPage('412', '412 Precondition Failed'));
}

function unknownPath(world: World, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const path = pathOf(request);
  if (!/^\/(card|cgi-bin)(\/|$)/.test(path))
    return reply.code(404).type('text/html').send(htmlPage('404', '404 Not Found'));
  readCall(world, path, 'none', request).record.errcode = Errcode.InvalidUrl;
  return answer(world, reply, refused(Errcode.InvalidUrl));
}

function unreadable(
  world: World,
  error: { statusCode?: number },
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const { statusCode = 500 } = error;
  const record = world.ledger.open(world.clock.now(), request.method, pathOf(request));
  if (statusCode === 413) {
    record.status = 413;
    return reply.code(413).type('text/html').send(htmlPage('413', '413 Request Entity Too Large'));
  }
  const code = statusCode < 500 ? Errcode.DataFormatError : Errcode.SystemBusy;
  record.errcode = code;
  return answer(world, reply, refused(code));
}

function answer(world: World, reply: FastifyReply, what: Answer): FastifyReply {
  return reply
    .code(200)
    .type(JSON_TYPE)
    .send(JSON.stringify(decorated(what, world.chance, world.clock)));
}

function pathOf(request: FastifyRequest): string {
  return (request.url.split('?')[0] ?? '').replace(/(?<=.)\/+$/, '');
}
