import { ErrcodeName } from './errcodes';
import { ANYWHERE, Judgement, SETPDF } from './judgements';
import { WIRE_PATHS } from './wire';

/** Our judgement of WeChat's codes for the calls around an insertion: setting up, authorisation, rejection. */
export type CallJudgement =
  | Judgement
  /** What was asked for is so already. */
  | 'done'
  | 'rejected'
  | 'notAuthorized'
  /** The order has its card. */
  | 'orderConsumed';

type Judgements = Partial<Record<ErrcodeName, CallJudgement>>;

const DATA: Judgements = {
  InvalidArgument: 'dataFix',
  InvalidArgs: 'dataFix',
  MissingParameter: 'dataFix',
  MissingRequiredFields: 'dataFix',
  FieldTooLong: 'dataFix',
  DataFormatError: 'dataFix',
  InvalidParams: 'dataFix',
};
const BUSY: Judgements = { SystemBusy: 'busy', InvoiceBusy: 'busy' };
const TITLE: Judgements = {
  ScanTextOutOfTime: 'dataFix',
  BizTitleKeyOutTime: 'dataFix',
  TitleNoFound: 'dataFix',
  UserTitleNotFound: 'dataFix',
  TitleBusy: 'busy',
  SearchTitleFail: 'busy',
};
const CARD: Judgements = {
  InvalidEncryptCode: 'dataFix',
  InvalidCardCode: 'dataFix',
  InvalidSerialCode: 'dataFix',
  InvalidCardId: 'dataFix',
  MissingCardId: 'dataFix',
  NoMatchCard: 'dataFix',
  UserCardUnavailable: 'dataFix',
  CardAlreadyConsumed: 'dataFix',
};
const ORDER: Judgements = {
  BizRejectInsert: 'rejected',
  OrderNeverAuth: 'notAuthorized',
  NeverAuth: 'notAuthorized',
  UserNeverAuth: 'notAuthorized',
  OrderUnauthorizedOrExpired: 'notAuthorized',
  AuthExpired: 'notAuthorized',
  OrderIdRepeated: 'orderConsumed',
  DuplicateOrderId: 'orderConsumed',
  HasAuth: 'orderConsumed',
  HasSend: 'orderConsumed',
};

interface CallFacts {
  path: string;
  judgements: Judgements;
  /** Doing it twice is as good as once. */
  repeatable: boolean;
  /** The text a success must carry. */
  needs?: string;
}

export type CallName =
  | 'seturl'
  | 'createcard'
  | 'setbizattr'
  | 'getbizattr'
  | 'getauthurl'
  | 'getauthdata'
  | 'rejectinsert'
  | 'setpdf'
  | 'getpdf'
  | 'getusertitleurl'
  | 'getselecttitleurl'
  | 'scantitle'
  | 'decryptcode'
  | 'cardcode';

export const CALLS: Readonly<Record<CallName, CallFacts>> = {
  /** 获取开票平台识别码: the same for life. */
  seturl: {
    path: WIRE_PATHS.seturl,
    judgements: { ...ANYWHERE, ...BUSY, ...DATA },
    repeatable: true,
    needs: 'invoice_url',
  },
  /**
   * 创建发票卡券模板: every call makes another template and none can be listed or deleted, so whatever does not say that
   * nothing was made is unclear, −1 too. 40078 speaks of the account here: it may not make templates.
   */
  createcard: {
    path: WIRE_PATHS.createcard,
    judgements: { ...ANYWHERE, ...DATA, InvalidCardStatus: 'configuration' },
    repeatable: false,
    needs: 'card_id',
  },
  /** setbizattr, to set: the last one counts. */
  setbizattr: { path: WIRE_PATHS.setbizattr, judgements: { ...ANYWHERE, ...BUSY, ...DATA }, repeatable: true },
  getbizattr: { path: WIRE_PATHS.setbizattr, judgements: { ...ANYWHERE, ...BUSY, ...DATA }, repeatable: true },
  /** 获取授权页链接: may be asked for again until the order has its card. */
  getauthurl: {
    path: WIRE_PATHS.getauthurl,
    judgements: { ...ANYWHERE, ...BUSY, ...DATA, ...ORDER },
    repeatable: true,
    needs: 'auth_url',
  },
  /** 查询授权完成状态 */
  getauthdata: {
    path: WIRE_PATHS.getauthdata,
    judgements: { ...ANYWHERE, ...BUSY, ...DATA, ...ORDER, InvalidCardStatus: 'configuration' },
    repeatable: true,
    needs: 'invoice_status',
  },
  /** 拒绝开票: 72035 says that it is rejected already. */
  rejectinsert: {
    path: WIRE_PATHS.rejectinsert,
    judgements: { ...ANYWHERE, ...BUSY, ...DATA, ...ORDER, BizRejectInsert: 'done' },
    repeatable: true,
  },
  /** 上传 PDF, outside an insertion: an upload that nobody uses runs out by itself. */
  setpdf: { path: WIRE_PATHS.setpdf, judgements: { ...SETPDF, ...BUSY }, repeatable: true, needs: 's_media_id' },
  /** 查询已上传的 PDF 文件 */
  getpdf: {
    path: WIRE_PATHS.getpdf,
    judgements: { ...ANYWHERE, ...BUSY, ...DATA, InvalidMediaId: 'dataFix' },
    repeatable: true,
    needs: 'pdf_url',
  },
  /** 获取添加抬头链接, 获取商户专属二维码 and 扫描抬头二维码 of 极速开票 */
  getusertitleurl: title('getusertitleurl', 'url'),
  getselecttitleurl: title('getselecttitleurl', 'url'),
  scantitle: title('scantitle', 'title'),
  /** Code 解码 and 查询 Code of the card API */
  decryptcode: {
    path: WIRE_PATHS.decryptcode,
    judgements: { ...ANYWHERE, ...BUSY, ...DATA, ...CARD },
    repeatable: true,
    needs: 'code',
  },
  cardcode: { path: WIRE_PATHS.cardcode, judgements: { ...ANYWHERE, ...BUSY, ...DATA, ...CARD }, repeatable: true },
};

function title(name: 'getusertitleurl' | 'getselecttitleurl' | 'scantitle', needs: string): CallFacts {
  const judgements = { ...ANYWHERE, ...BUSY, ...DATA, ...TITLE };
  return { path: WIRE_PATHS[name], judgements, repeatable: true, needs };
}
