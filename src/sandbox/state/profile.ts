/** The groups of insert checks whose order WeChat does not document. */
export const CHECK_GROUPS = ['authorization', 'billing', 'pdf', 'duplicates'] as const;
export type CheckGroup = (typeof CHECK_GROUPS)[number];

export interface CallbackTarget {
  url: string;
  token?: string;
  /** 43 characters; when given, pushes are encrypted (安全模式). */
  encoding_aes_key?: string;
  /** Ends the encrypted text; by default the account the event is about. */
  appid?: string;
  /** `compatible`: the fields in the clear beside the encrypted ones; by default `safe` with a key and `plain` without. */
  mode?: 'plain' | 'compatible' | 'safe';
  format?: 'xml' | 'json';
  /** As WeChat's old sample has it: blanks around CDATA, and AppId, empty, in place of AuthorizeAppId. */
  old_style?: boolean;
  /** Shares of the pushes that never leave, and that are sent a second time although the first was heard; 0 to 1. */
  lost?: number;
  twice?: number;
  /** Each push waits up to so long, by chance: later ones overtake earlier ones. Milliseconds. */
  late_ms?: number;
  /** Between the attempts of one push. Milliseconds; WeChat does not document it. */
  retry_ms?: number;
}

/** JSON Schema of what a callback target may say. */
export const CALLBACK_SCHEMA = {
  url: { type: 'string', pattern: '^https?://' },
  token: { type: 'string' },
  encoding_aes_key: { type: 'string', minLength: 43, maxLength: 43 },
  appid: { type: 'string', minLength: 1 },
  mode: { type: 'string', enum: ['plain', 'compatible', 'safe'] },
  format: { type: 'string', enum: ['xml', 'json'] },
  old_style: { type: 'boolean' },
  lost: { type: 'number', minimum: 0, maximum: 1 },
  twice: { type: 'number', minimum: 0, maximum: 1 },
  late_ms: { type: 'integer', minimum: 0, maximum: 600_000 },
  retry_ms: { type: 'integer', minimum: 0, maximum: 600_000 },
} as const;

/** How this WeChat behaves where its documents are silent or contradict each other. Set through `PUT /profile`. */
export interface Profile {
  /** `required`: insert answers 72038 until the user has authorised; `implied`: every unknown order counts as authorised. */
  authorizations: 'required' | 'implied';
  /** `lenient`: an unknown card_id belongs to whoever uses it first; `strict`: 40073. */
  cards: 'lenient' | 'strict';
  /** The answer to a 数电票 (20-digit billing_no, empty billing_code). */
  digital: 'accept' | 'minus1' | '72040' | '72082' | '72045';
  /** Lengths of billing_no and billing_code for the older invoices; a mismatch is 72043. */
  billing_fields: 'lenient' | 'legacy-strict' | 'new-strict';
  check_order: CheckGroup[];
  /** How long a new template answers 40078. */
  fresh_template_seconds: number;
  /** An unlinked upload is destroyed after this long. */
  media_life_seconds: number;
  /** What insert answers for a media id that is gone or was never given. */
  missing_media_errcode: number;
  /** `72040` when the same PDF bytes already lie in a wallet. */
  pdf_in_wallet: 'ignore' | '72040';
  /** `check`: 72047 when the PDF's own InvoiceNumber is neither billing_no nor billing_code. */
  pdf_numbers: 'check' | 'ignore';
  /**
   * Whether an order is good for one card only (72056, 72054, and 72042 for its invoice). `false` is no WeChat anybody
   * has seen: it is for proving that a checker bites.
   */
  dedupe: boolean;
  /** How long an insert is in flight before it commits; meanwhile the same order answers 72054. */
  insert_latency_ms: number;
  max_pdf_bytes: number;
  /** Accounts that lack the 电子发票 permission of an issuer or merchant, and that of a reimburser (48001). */
  without_invoice: string[];
  without_reimburse: string[];
  /** Whether `/card/code/get`, made for coupons, finds invoice cards: nobody has said. `refuses` is 40056. */
  card_code_get: 'finds' | 'refuses';
  /** Calls per account: `{"/card/invoice/insert":{"day":1000,"minute":60}}`, then 45009 or 45011. */
  quota: Record<string, { day?: number; minute?: number }>;
  /** How many cards one getinvoicebatch or updatestatusbatch may name; one more is 72052. */
  reimburse_batch_max: number;
  /** `empty`: getinvoicebatch answers errcode 0 and no items, as has been seen. */
  reimburse_batch: 'items' | 'empty';
  /** How long a pdf_url that a reimburser got can be fetched. */
  reimburse_pdf_seconds: number;
  /** Whether insert also answers a unionid. */
  unionid: boolean;
  /** Where user_authorize_invoice and update_invoice_status are pushed to; null pushes nothing. */
  callback: CallbackTarget | null;
  /** The same for single accounts, by appid. */
  callbacks: Record<string, CallbackTarget>;
}

export function defaultProfile(): Profile {
  return {
    authorizations: 'required',
    cards: 'lenient',
    digital: 'accept',
    billing_fields: 'lenient',
    check_order: [...CHECK_GROUPS],
    fresh_template_seconds: 0,
    media_life_seconds: 3 * 86_400,
    missing_media_errcode: 40007,
    pdf_in_wallet: 'ignore',
    pdf_numbers: 'check',
    dedupe: true,
    insert_latency_ms: 0,
    max_pdf_bytes: 10 * 1024 * 1024,
    without_invoice: [],
    without_reimburse: [],
    card_code_get: 'refuses',
    quota: {},
    reimburse_batch_max: 100,
    reimburse_batch: 'items',
    reimburse_pdf_seconds: 7200,
    unionid: false,
    callback: null,
    callbacks: {},
  };
}

const words = (...values: string[]) => ({ type: 'string', enum: values });
const whole = (maximum: number) => ({ type: 'integer', minimum: 0, maximum });

/** JSON Schema of the body of `PUT /profile`: any part of a profile. */
export const PROFILE_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  properties: {
    authorizations: words('required', 'implied'),
    cards: words('lenient', 'strict'),
    digital: words('accept', 'minus1', '72040', '72082', '72045'),
    billing_fields: words('lenient', 'legacy-strict', 'new-strict'),
    check_order: { type: 'array', items: words(...CHECK_GROUPS), uniqueItems: true, minItems: 4, maxItems: 4 },
    fresh_template_seconds: whole(86_400 * 365),
    media_life_seconds: whole(86_400 * 365),
    missing_media_errcode: { type: 'integer' },
    pdf_in_wallet: words('ignore', '72040'),
    pdf_numbers: words('check', 'ignore'),
    dedupe: { type: 'boolean' },
    insert_latency_ms: whole(600_000),
    max_pdf_bytes: whole(32 * 1024 * 1024),
    without_invoice: { type: 'array', items: { type: 'string' } },
    without_reimburse: { type: 'array', items: { type: 'string' } },
    card_code_get: words('finds', 'refuses'),
    quota: {
      type: 'object',
      additionalProperties: {
        type: 'object',
        additionalProperties: false,
        properties: { day: whole(1e9), minute: whole(1e9) },
      },
    },
    reimburse_batch_max: whole(10_000),
    reimburse_batch: words('items', 'empty'),
    reimburse_pdf_seconds: whole(86_400),
    unionid: { type: 'boolean' },
    callback: {
      type: ['object', 'null'],
      additionalProperties: false,
      required: ['url'],
      properties: CALLBACK_SCHEMA,
    },
    callbacks: {
      type: 'object',
      additionalProperties: {
        type: 'object',
        additionalProperties: false,
        required: ['url'],
        properties: CALLBACK_SCHEMA,
      },
    },
  },
} as const;
