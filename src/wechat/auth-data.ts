/** The title the user chose or filled in (type 1). Custom fields by their key. All of it is personal data. */
export interface AuthorizedTitle {
  kind: 'person' | 'business';
  title?: string;
  tax_no?: string;
  phone?: string;
  email?: string;
  address?: string;
  bank?: string;
  bank_account?: string;
  custom?: Record<string, string>;
}

export interface AuthData {
  /** `unknown`: a word nobody has documented; whoever needs to know asks another way. */
  status: 'authorized' | 'never' | 'rejected' | 'unknown';
  /** Unix seconds. */
  authorizedAt: number | null;
  title: AuthorizedTitle | null;
}

/**
 * getauthdata's answer. The values of invoice_status are not listed anywhere: `auth success` is in WeChat's sample, `never
 * auth` and `reject insert` have been seen. There is none for "inserted".
 */
export function readAuthData(body: Record<string, unknown>): AuthData {
  const status = typeof body.invoice_status === 'string' ? body.invoice_status.trim().toLowerCase() : '';
  return {
    status: status === 'auth success' ? 'authorized' : (OTHERS[status] ?? 'unknown'),
    authorizedAt: isSeconds(body.auth_time) ? body.auth_time : null,
    title: titleOf(fieldsOf(body.user_auth_info)),
  };
}

/** The same in WeChat's words: what is known of an authorisation without asking again. */
export function authDataBody({ status, authorizedAt, title }: AuthData): Record<string, unknown> {
  const said = { authorized: 'auth success', rejected: 'reject insert', never: 'never auth', unknown: 'never auth' };
  const time = status === 'authorized' && authorizedAt !== null ? { auth_time: authorizedAt } : {};
  return { invoice_status: said[status], ...time, ...(title ? { user_auth_info: userAuthInfo(title) } : {}) };
}

function userAuthInfo({ kind, address, bank, bank_account, custom, ...same }: AuthorizedTitle): object {
  const custom_field = custom && Object.entries(custom).map(([key, value]) => ({ key, value }));
  const fields = { ...same, addr: address, bank_type: bank, bank_no: bank_account, custom_field };
  return { [kind === 'business' ? 'biz_field' : 'user_field']: fields };
}

/** Of ten digits at most: no other is a time that could be kept and shown. */
function isSeconds(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0 && (value as number) < 1e10;
}

const OTHERS: Record<string, AuthData['status'] | undefined> = { 'never auth': 'never', 'reject insert': 'rejected' };

function titleOf(info: Record<string, unknown>): AuthorizedTitle | null {
  const business = fieldsOf(info.biz_field);
  const person = fieldsOf(info.user_field);
  const kind = Object.keys(business).length > 0 ? 'business' : 'person';
  const fields = kind === 'business' ? business : person;
  if (Object.keys(fields).length === 0) return null;
  const title: AuthorizedTitle = { kind };
  put(title, 'title', fields.title);
  put(title, 'tax_no', fields.tax_no);
  put(title, 'phone', fields.phone);
  put(title, 'email', fields.email);
  put(title, 'address', fields.addr);
  put(title, 'bank', fields.bank_type);
  put(title, 'bank_account', fields.bank_no);
  const custom = customOf(fields.custom_field);
  return custom ? { ...title, custom } : title;
}

function put(title: AuthorizedTitle, name: Exclude<keyof AuthorizedTitle, 'kind' | 'custom'>, value: unknown): void {
  if (typeof value === 'string' && value.trim() !== '') title[name] = value.trim().slice(0, 1000);
}

function customOf(list: unknown): Record<string, string> | null {
  if (!Array.isArray(list)) return null;
  const pairs = list.map(fieldsOf).flatMap(({ key, value }) => {
    return typeof key === 'string' && typeof value === 'string' ? [[key, value.slice(0, 1000)] as const] : [];
  });
  return pairs.length > 0 ? Object.fromEntries(pairs.slice(0, 50)) : null;
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
