import { Json } from '../support/world';

/** One thing that can be asked of the service. */
export interface Route {
  method: string;
  /** With `{names}` in it. */
  path: string;
  query: string[];
  /** The schema of its JSON body, with every reference resolved; null: it takes none. */
  body: Json | null;
}

/** What OpenAPI does not tell: the doors that speak WeChat's dialect, pushes, pages, and paths that lead nowhere. */
const UNTOLD: [method: string, path: string][] = [
  ['GET', '/livez'],
  ['POST', '/livez'],
  ['GET', '/docs/errors/{code}'],
  ['GET', '/openapi.json'],
  ['GET', '/v1/rules'],
  ['POST', '/nowhere'],
  ['PUT', '/v1/{nowhere}'],
  ['GET', '/wechat/callbacks/{appid}'],
  ['POST', '/wechat/callbacks/{appid}'],
  ['POST', '/wechat/component/callbacks'],
  ['GET', '/cgi-bin/token'],
  ['POST', '/cgi-bin/stable_token'],
  ['POST', '/card/invoice/platform/setpdf'],
  ['POST', '/card/invoice/insert'],
  ['POST', '/card/{path}'],
  ['GET', '/core/r/api/weChat/getToken'],
  ['POST', '/core/r/api/weChat/getInvoiceBatch'],
  ['POST', '/core/r/api/weChat/updateStatus'],
];
const WECHAT_QUERY = ['access_token', 'token', 'signature', 'msg_signature', 'timestamp', 'nonce', 'echostr', 'appid'];
const INSERT = ['order_id', 'card_id', 'appid', 'card_ext', 'item_list', 'openid', 'grant_type', 'secret'];

export function routesOf(document: Json): Route[] {
  const told = Object.entries(document.paths as Record<string, Record<string, Json>>).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      query: ((operation.parameters ?? []) as Json[])
        .filter((one) => one.in === 'query')
        .map((one) => String(one.name)),
      body: resolved(operation.requestBody?.content?.['application/json']?.schema as Json | undefined, document),
    })),
  );
  const anything = { type: 'object', properties: Object.fromEntries(INSERT.map((name) => [name, { type: 'string' }])) };
  return [
    ...told,
    ...UNTOLD.map(([method, path]) => ({
      method,
      path,
      query: WECHAT_QUERY,
      body: method === 'GET' ? null : anything,
    })),
  ];
}

function resolved(schema: Json | undefined, document: Json): Json | null {
  if (!schema) return null;
  if (typeof schema.$ref === 'string') {
    const name = schema.$ref.split('/').at(-1) as string;
    return resolved((document.components as Json).schemas[name] as Json, document);
  }
  const each = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(each);
    if (typeof value !== 'object' || value === null) return value;
    return '$ref' in value
      ? resolved(value, document)
      : Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, each(inner)]));
  };
  return each(schema) as Json;
}
