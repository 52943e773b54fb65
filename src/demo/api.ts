import { request } from 'undici';

/** JSON over HTTP, as any caller of the service or the sandbox would speak it. */
export async function send<T>(method: 'GET' | 'POST', url: string, body?: unknown, key?: string): Promise<Reply<T>> {
  const answer = await request(url, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(key ? { authorization: `Bearer ${key}` } : {}),
    },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await answer.body.text();
  return { status: answer.statusCode, json: (text ? JSON.parse(text) : null) as T };
}

export interface Reply<T> {
  status: number;
  json: T;
}
