import { Fault, fault } from '../domain/fault';
import { encryptCodeOf } from '../wechat/encrypt-code';

const LISTS = ['item_list', 'invoice_list'] as const;

type Fields = Record<string, unknown>;

/** The body with its list of cards as one: some clients hand over chooseInvoice's answer as the text they got. */
export function withLists<Body>(body: Body): Body {
  if (!isFields(body)) return body;
  const lists = LISTS.filter((name) => typeof body[name] === 'string').map((name) => [name, listIn(body[name])]);
  return lists.length > 0 ? { ...body, ...Object.fromEntries(lists) } : body;
}

/** Cards whose encrypt_code can be none: WeChat would answer that they do not fit, and their users would be asked again. */
export function codeFaults(body: unknown): Fault[] {
  if (!isFields(body)) return [];
  const single = 'encrypt_code' in body ? [['', body] as const] : [];
  const listed = LISTS.flatMap((name) => {
    const list = body[name];
    return Array.isArray(list) ? list.map((card: unknown, n) => [`/${name}/${n}`, card] as const) : [];
  });
  return [...single, ...listed].flatMap(([pointer, card]) => {
    const code = isFields(card) ? card.encrypt_code : undefined;
    return typeof code !== 'string' || encryptCodeOf(code) !== null
      ? []
      : [
          fault(
            'FIELD-PATTERN',
            `${pointer}/encrypt_code`,
            'encrypt_code 不是 base64：请原样使用 chooseInvoice 返回的值，勿截断、加引号或换成 code。',
            'This encrypt_code is no base64: use the value as chooseInvoice gave it, not cut, not in quotes, and not the card’s code.',
          ),
        ];
  });
}

function listIn(text: unknown): unknown {
  try {
    return JSON.parse(text as string) as unknown;
  } catch {
    return text;
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
