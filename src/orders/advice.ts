import { InsertionState } from '../domain/insertion';

/** What the reader of an order should do now. */
export interface Advice {
  advice: string;
  advice_en: string;
}

const BY_STATE: Record<InsertionState | 'held', readonly [string, string]> = {
  held: [
    '开票账号或商户已暂停（配置或额度问题），恢复后自动继续，无需重发。',
    'The account or merchant is paused (configuration or quota); it goes on by itself. Do not send again.',
  ],
  accepted: ['已受理，正在上传 PDF。无需操作。', 'Accepted; the PDF is being uploaded. Nothing to do.'],
  uploaded: ['PDF 已上传，即将插卡。无需操作。', 'The PDF is uploaded; the card follows. Nothing to do.'],
  sending: ['正在插卡。无需操作。', 'The card is being inserted. Nothing to do.'],
  awaiting_authorization: [
    '用户尚未授权此订单开票。请引导用户打开授权页完成授权；授权后自动继续。',
    'The user has not authorised this order. Lead the user to the authorisation page; it goes on by itself.',
  ],
  in_doubt: [
    '微信没有给出明确答复，卡券可能已插入。系统会用同一订单号核实，请勿换订单号重发。',
    'WeChat gave no clear answer; a card may exist. It is being settled with the same order_id; do not send it under another.',
  ],
  likely_inserted: [
    '微信表示此发票已在卡包中，正在等待第二个证据。请勿换订单号重发。',
    'WeChat says the invoice lies in a wallet; a second witness is awaited. Do not send it under another order_id.',
  ],
  needs_human: [
    '需要人工核实，请联系开票平台运营。',
    'A person must look at it; contact the operators of the platform.',
  ],
  inserted: ['已插入用户卡包。', 'Inserted into the user’s wallet.'],
  refused: [
    '微信拒绝了此订单的数据，未插卡。请按 reason 修改后重插。',
    'WeChat refused the data; there is no card. Mend what reason names and re-insert.',
  ],
  rejected: [
    '此订单已在微信侧拒绝开票，请用新订单号重新授权。',
    'The order is dead at WeChat; take a new order_id and a new authorisation.',
  ],
  cancelled: ['已冲红。', 'Cancelled (冲红).'],
};

/** Reasons that say more than their state. */
const BY_REASON: Record<string, readonly [string, string]> = {
  authorization_missing: ['用户在期限内没有授权，未插卡。', 'The user did not authorise in time; there is no card.'],
  order_consumed_elsewhere: [
    '微信称此 order_id 已用于插卡，但不是由本系统发出的。请核对订单号是否重复使用。',
    'WeChat says this order_id has been used for a card, not by us. Check whether the order_id is used twice.',
  ],
  invoice_in_a_wallet: [
    '微信称此发票已在某个卡包中。请核对发票是否已由其他渠道插入。',
    'WeChat says the invoice lies in some wallet already. Check whether another channel inserted it.',
  ],
  stored_pdf_damaged: [
    '保存的 PDF 与受理时的摘要不符，未上传。请联系运维。',
    'The stored PDF differs from its digest; it was not uploaded.',
  ],
  retries_exhausted: ['多次重试均失败，未插卡。', 'Every retry failed; there is no card.'],
  card_code_in_use: [
    '微信返回的卡券号属于另一订单，无法采信，需人工核实。',
    'WeChat answered with the card code of another order; it cannot be believed, a person must look.',
  ],
  media_gone: ['上传的 PDF 在微信侧两次失效。', 'The uploaded PDF vanished at WeChat twice.'],
  contradiction: [
    '先有不明确的结果，后又被拒绝，无法判断卡券是否存在。请询问用户卡包中是否有此发票。',
    'An unclear answer was followed by a refusal; whether a card exists is unknown. Ask the user.',
  ],
  pdf_contradicts: [
    'PDF 与订单不一致（见 faults），未上传也未插卡，用户的授权仍有效。请改正后重插或用新订单提交。',
    'PDF and order differ (see faults); nothing was sent and the user’s authorisation is unused. Correct and re-insert.',
  ],
  pdf_unsafe: [
    'PDF 含有发票不应有的内容（见 faults），未上传也未插卡。请换用原始文件。',
    'The PDF holds what no invoice does (see faults); nothing was sent. Use the file as issued.',
  ],
  wechat_72017: ['发票抬头与用户授权时填写的抬头不一致。', 'The title differs from the one the user authorised.'],
  wechat_72031: ['参数无效，字段名见 errmsg。', 'A parameter is invalid; errmsg may name it.'],
  wechat_72040: [
    'PDF 不被接受：须为真实的电子发票，且不在任何卡包中。',
    'The PDF was refused: it must be a genuine e-invoice that lies in no wallet.',
  ],
  wechat_72045: ['缺少校验码。', 'The check code is missing.'],
  wechat_72047: ['PDF 中的发票代码或号码与提交的不一致。', 'Code or number in the PDF differ from the data.'],
  wechat_72073: ['金额有误。', 'The amounts are wrong.'],
  wechat_72082: ['PDF 校验失败。', 'The PDF check failed.'],
  wechat_40073: ['card_id 无效，或不属于开票账号。', 'card_id is invalid or not of the issuing account.'],
};

/** What a reason of its own calls for; undefined: its state says all. */
export function adviceForReason(reason: string): readonly [zh: string, en: string] | undefined {
  return BY_REASON[reason];
}

export function adviceFor(state: InsertionState | 'held', reason: string | null): Advice {
  const [advice, adviceEn] = (reason && BY_REASON[reason]) || BY_STATE[state];
  return { advice, advice_en: adviceEn };
}
