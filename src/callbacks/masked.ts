import { CallbackFields } from '../wechat/callback-fields';

/** With one of a third-party platform's tickets, codes or tokens its reader could act in another's name. */
const SECRET = String.raw`[\w.-]{0,64}(?:ticket|authorization_?code|auth_?code|token|secret|aes_?key)`;
const NAME = new RegExp(`^${SECRET}$`, 'i');
/** As a text has them that is no document of fields, and a field that holds more of them. */
const IN_XML = new RegExp(String.raw`(<${SECRET}>(?:\s*<!\[CDATA\[)?)[^<\]]+`, 'gi');
const IN_JSON = new RegExp(String.raw`("${SECRET}"\s*:\s*)("(?:[^"\\]|\\.)*"?|[^\s,}"]+)`, 'gi');

/** What a push says, for people: without its secrets. */
export function masked(says: CallbackFields): CallbackFields {
  return Object.fromEntries(
    Object.entries(says).map(([name, value]) => [name, NAME.test(name) ? '***' : withoutSecrets(value)]),
  );
}

function withoutSecrets(text: string): string {
  return text.replace(IN_XML, '$1***').replace(IN_JSON, '$1"***"');
}
