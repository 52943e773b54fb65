/** A column whose values are sealed. */
export interface SealedPlace {
  table: string;
  column: string;
  /** SQL: the AAD of a row's value. */
  aad: string;
  /** A file: beside it stands whether it is sealed at all, and it is sealed where it is not. */
  file?: true;
  /** Whether the engine's role may read it; else the service's own login does. */
  engine: boolean;
}

/** Every column that is sealed, secrets first: without them nothing runs. The test holds this list against the entities. */
export const SEALED_PLACES: readonly SealedPlace[] = [
  place('accounts', 'secret', `'accounts|' || appid`, false),
  place('accounts', 'callback_keys', `'accounts|' || appid || '|callback'`, false),
  place('accounts', 'from_environment', `'accounts|' || appid || '|environment'`, false),
  place('wechat_tokens', 'token', `'wechat_tokens|' || appid || '|' || kind || '|' || generation`, false),
  place('wechat_tickets', 'ticket', `'wechat_tickets|' || appid || '|' || type || '|' || generation`, false),
  place('webhook_endpoints', 'secret', `'webhook_endpoints|' || id`),
  place('webhook_endpoints', 'previous_secret', `'webhook_endpoints|' || id`),
  place('idempotency_keys', 'answer', `'idempotency_keys|' || id`, false),
  place('authorizations', 'person', `'authorizations|' || id`),
  place('callbacks', 'body', `'callbacks|' || id`),
  place('shown_cards', 'encrypt_code', `'shown_cards|' || id`),
  place('evidence', 'person', `'insertions|' || id`),
  place('insertions', 'person', `'insertions|' || id`),
  place('order_revisions', 'person', `'orders|' || id`),
  place('orders', 'person', `'orders|' || id`),
  { ...place('drop_in_media', 'body', `'drop_in_media|' || media_id`), file: true },
  { ...place('pdfs', 'body', `'pdfs|' || id || '|' || part`), file: true },
];

export function nameOf({ table, column }: SealedPlace): string {
  return `${table}.${column}`;
}

/** SQL: the key id of a sealed value in hexadecimal, null where there is none. */
export function keyIn({ column, file }: SealedPlace): string {
  return `CASE WHEN ${file ? 'sealed AND ' : ''}substr(${column}, 1, 1) = '\\x01' THEN encode(substr(${column}, 2, 4), 'hex') END`;
}

function place(table: string, column: string, aad: string, engine = true): SealedPlace {
  return { table, column, aad, engine };
}
