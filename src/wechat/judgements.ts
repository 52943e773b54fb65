import { ErrcodeName, errcodeFact } from './errcodes';

/**
 * Our judgement of each of WeChat's codes: what kind of answer it is. Facts about the codes stand in `errcodes.ts`, what
 * follows from a judgement in `verdict.ts`.
 */
export type Judgement =
  /** Refused for its token, before any business logic. */
  | 'tokenRefused'
  /** The account or our program is at fault, not the order. */
  | 'configuration'
  /** Used up until midnight, Asia/Shanghai. */
  | 'dayLimit'
  /** Used up for a minute. */
  | 'rateLimit'
  /** Not executed; worth another try. */
  | 'busy'
  /** The template is too young, or not permitted. */
  | 'freshTemplate'
  /** The order's data must be fixed. */
  | 'dataFix';

export type InsertJudgement =
  | Judgement
  /** May have been executed. */
  | 'unclear'
  | 'orderConsumed'
  | 'invoiceInWallet'
  | 'awaitingAuthorization'
  | 'rejected'
  | 'mediaGone';

/** Codes that mean the same whatever was called: nothing was executed. */
export const ANYWHERE: Partial<Record<ErrcodeName, Judgement>> = {
  InvalidCredential: 'tokenRefused',
  InvalidAccessToken: 'tokenRefused',
  AccessTokenExpired: 'tokenRefused',
  InvalidGrantType: 'configuration',
  InvalidAppid: 'configuration',
  InvalidAppSecret: 'configuration',
  AppSecretFrozen: 'configuration',
  AccessTokenMissing: 'configuration',
  AppidMissing: 'configuration',
  AppSecretMissing: 'configuration',
  AuthoriserTokenInvalid: 'configuration',
  RefreshTokenExpired: 'configuration',
  OauthCodeExpired: 'configuration',
  IpNotWhitelisted: 'configuration',
  IpConfirmationPending: 'configuration',
  IpNeedsConfirmation: 'configuration',
  IpRefusedTwice: 'configuration',
  IpRefusedOnce: 'configuration',
  InvalidCharset: 'configuration',
  InvalidUrl: 'configuration',
  RequireGet: 'configuration',
  RequirePost: 'configuration',
  RequireHttps: 'configuration',
  EmptyPostData: 'configuration',
  ApiUnauthorized: 'configuration',
  ApiBlocked: 'configuration',
  UserUnauthorized: 'configuration',
  UserLimited: 'configuration',
  AccountForbidden: 'configuration',
  UserNotFollowing: 'configuration',
  AccountFrozen: 'configuration',
  ComponentNotAuthorized: 'configuration',
  ComponentIpNotRegistered: 'configuration',
  ComponentApiUnauthorized: 'configuration',
  RefreshTokenInvalid: 'configuration',
  InvoiceUnauthorized: 'configuration',
  UserNotInWhitelist: 'configuration',
  InvoiceActionError: 'configuration',
  PayMchNeverSet: 'configuration',
  AuthFieldNeverSet: 'configuration',
  InvalidMchid: 'configuration',
  AppTypeError: 'configuration',
  BizContactEmpty: 'configuration',
  InvoiceSign: 'configuration',
  PushBizEmpty: 'configuration',
  SdkAppidErr: 'configuration',
  SdkBizErr: 'configuration',
  SdkUrlErr: 'configuration',
  WxaNotBound: 'configuration',
  DailyQuotaReached: 'dayLimit',
  TodayInsertLimit: 'dayLimit',
  MinuteQuotaReached: 'rateLimit',
  FrequencyLimit: 'rateLimit',
  ComponentTicketExpired: 'rateLimit',
  ComponentTicketInvalid: 'rateLimit',
};

/** Families that WeChat names only as such: 43xxx speaks of method and scheme, 9001xxx of its own platform. */
const FAMILIES: readonly (readonly [from: number, to: number, judgement: Judgement])[] = [
  [43_000, 43_999, 'configuration'],
  [9_001_000, 9_001_999, 'busy'],
];

/** The judgement of a code: by its name in `table`, else by its family; undefined: it stands nowhere. */
export function judgementOf<J>(table: Partial<Record<ErrcodeName, J>>, errcode: number): J | Judgement | undefined {
  const fact = errcodeFact(errcode);
  const named = fact && table[fact.name];
  return named ?? FAMILIES.find(([from, to]) => errcode >= from && errcode <= to)?.[2];
}

/** insertinvoice. A code that stands nowhere is unclear: on a write, assume nothing. */
export const INSERT: Partial<Record<ErrcodeName, InsertJudgement>> = {
  ...ANYWHERE,
  OrderIdRepeated: 'orderConsumed',
  DuplicateOrderId: 'orderConsumed',
  HasSend: 'orderConsumed',
  BillingNumbersRepeated: 'invoiceInWallet',
  OrderNeverAuth: 'awaitingAuthorization',
  NeverAuth: 'awaitingAuthorization',
  UserNeverAuth: 'awaitingAuthorization',
  OrderUnauthorizedOrExpired: 'awaitingAuthorization',
  AuthExpired: 'awaitingAuthorization',
  InsertTooManyInvoice: 'awaitingAuthorization',
  BizRejectInsert: 'rejected',
  InvalidMediaId: 'mediaGone',
  NoPullPdf: 'mediaGone',
  PullPdfFail: 'mediaGone',
  InvoiceBusy: 'busy',
  BeingGivenToOthers: 'busy',
  CodeAuthKeyLimited: 'busy',
  InvoiceTokenErr: 'busy',
  CardDetailNotExist: 'busy',
  CardRecordNotExist: 'busy',
  CardAppinfoNotExist: 'busy',
  CardCategoryNotExist: 'busy',
  CardNotExist: 'busy',
  InvalidCardStatus: 'freshTemplate',
  InvalidOpenid: 'dataFix',
  InvalidMediaType: 'dataFix',
  InvalidFileType: 'dataFix',
  InvalidFileSize: 'dataFix',
  InvalidImageSize: 'dataFix',
  InvalidArgument: 'dataFix',
  InvalidArgs: 'dataFix',
  MissingParameter: 'dataFix',
  MissingRequiredFields: 'dataFix',
  MissingCardId: 'dataFix',
  // A wrong card_id is one order's fault; it must not hold every order of the account.
  InvalidCardId: 'dataFix',
  CardIdNotPermitted: 'dataFix',
  NoMatchCard: 'dataFix',
  MediaSizeOutOfLimit: 'dataFix',
  MessageSizeOutOfLimit: 'dataFix',
  FieldTooLong: 'dataFix',
  DataFormatError: 'dataFix',
  InvalidInvoiceTitle: 'dataFix',
  InvoiceStatusError: 'dataFix',
  InvoiceTokenError: 'dataFix',
  InvalidParams: 'dataFix',
  InvoiceOwnerError: 'dataFix',
  InvoicePdfError: 'dataFix',
  BillingNumbersInvalid: 'dataFix',
  BillingNumbersSizeError: 'dataFix',
  CheckCodeEmpty: 'dataFix',
  PdfUrlInvalid: 'dataFix',
  PdfBillingNumbersError: 'dataFix',
  TooManyInvoices: 'dataFix',
  InvoiceCancelled: 'dataFix',
  InvoiceClosed: 'dataFix',
  BatchInsertAuthKeyExpired: 'dataFix',
  BatchInsertAuthKeyOwner: 'dataFix',
  DiscernGatewayError: 'dataFix',
  DiscernNuonuoError: 'dataFix',
  FeeError: 'dataFix',
  KeyDeleted: 'dataFix',
  KeyExpired: 'dataFix',
  NoFound: 'dataFix',
  PdfCheckError: 'dataFix',
  Verify3rdFail: 'dataFix',
  SystemBusy: 'unclear',
  SignatureMismatch: 'unclear',
  InvoiceIsInserting: 'unclear',
  CallbackBizError: 'unclear',
  TbcError: 'unclear',
  TbcLogicError: 'unclear',
  BatchTaskRunError: 'unclear',
  MountError: 'unclear',
  HasAuth: 'unclear',
};

/**
 * What setpdf answers about the request itself, which is ours and says nothing of the order: something between has changed
 * it, or our program is at fault.
 */
export const OF_THE_UPLOAD: ReadonlySet<ErrcodeName> = new Set<ErrcodeName>([
  'InvalidOpenid',
  'InvalidArgument',
  'InvalidArgs',
  'MissingParameter',
  'MissingRequiredFields',
  'MissingCardId',
  'FieldTooLong',
  'DataFormatError',
  'InvalidParams',
]);

/** setpdf may be repeated without harm, so what is not refused is tried again. */
export const SETPDF: Partial<Record<ErrcodeName, Judgement>> = {
  ...ANYWHERE,
  InvalidOpenid: 'dataFix',
  InvalidArgument: 'dataFix',
  InvalidArgs: 'dataFix',
  MissingParameter: 'dataFix',
  MissingRequiredFields: 'dataFix',
  MissingCardId: 'dataFix',
  FieldTooLong: 'dataFix',
  DataFormatError: 'dataFix',
  InvalidParams: 'dataFix',
  InvalidMediaType: 'dataFix',
  InvalidFileType: 'dataFix',
  InvalidFileSize: 'dataFix',
  InvalidImageSize: 'dataFix',
  MediaSizeOutOfLimit: 'dataFix',
  MessageSizeOutOfLimit: 'dataFix',
  InvoicePdfError: 'dataFix',
  PdfCheckError: 'dataFix',
};
