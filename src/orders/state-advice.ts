import { InsertionState } from '../domain/insertion';
import { Guidance } from './guidance';

/** Where nothing more is known than the state. */
export const BY_STATE: Readonly<Record<InsertionState | 'held', Guidance>> = {
  held: {
    merchant: [
      '开票账号或商户已暂停（配置或额度问题），恢复后自动继续，无需重发。',
      'The account or merchant is paused (configuration or quota); it goes on by itself. Do not send again.',
    ],
    operator: [
      '账号或商户已暂停：原因与处理办法见 GET /v1/admin/holds。改正后等试探单通过，或用 DELETE /v1/admin/holds/{id} 立即恢复。',
      'Paused: GET /v1/admin/holds names the cause and the remedy. Once mended a canary lifts it, or DELETE /v1/admin/holds/{id} at once.',
    ],
  },
  accepted: {
    merchant: ['已受理，正在上传 PDF。无需操作。', 'Accepted; the PDF is being uploaded. Nothing to do.'],
    operator: [
      '等待上传 PDF。若久停于此，请看 worker 是否在运行，以及最近一次答复。',
      'It waits for its upload. If it stays here, see whether workers run and what WeChat answered last.',
    ],
  },
  uploaded: {
    merchant: ['PDF 已上传，即将插卡。无需操作。', 'The PDF is uploaded; the card follows. Nothing to do.'],
    operator: [
      '等待插卡。若久停于此，请看 next_attempt_at 与最近一次答复。',
      'It waits for its insert. If it stays here, see next_attempt_at and what WeChat answered last.',
    ],
  },
  sending: {
    merchant: ['正在插卡。无需操作。', 'The card is being inserted. Nothing to do.'],
    operator: [
      '插卡请求在途。若超过租约仍停于此，其进程已死，会自动转为存疑并核实。',
      'An insert is on its way. If it outlives its lease, its process is gone: it turns in_doubt and is settled by itself.',
    ],
  },
  awaiting_authorization: {
    merchant: [
      '用户尚未授权此订单开票。请引导用户打开授权页完成授权；授权后自动继续。',
      'The user has not authorised this order. Lead the user to the authorisation page; it goes on by itself.',
    ],
    operator: [
      '等待用户授权。若用户称已授权：核对 appid、order_id 与授权时是否一致，以及 s_pappid 是否属于该账号。',
      'It waits for the user. If the user says it is done: compare appid and order_id with the authorisation, and s_pappid with the account.',
    ],
  },
  in_doubt: {
    merchant: [
      '微信没有给出明确答复，卡券可能已插入。系统会用同一订单号核实，请勿换订单号重发。',
      'WeChat gave no clear answer; a card may exist. It is being settled with the same order_id; do not send it under another.',
    ],
    operator: [
      '静默期后会以同一 order_id、同一发票自动核实。用户若能看到卡券，可直接 confirm_inserted；切勿换 order_id 重开。',
      'It is probed by itself after the quiet period, same order_id, same invoice. If the user sees the card, confirm_inserted; never re-issue under another order_id.',
    ],
  },
  likely_inserted: {
    merchant: [
      '微信表示此发票已在卡包中，正在等待第二个证据。请勿换订单号重发。',
      'WeChat says the invoice lies in a wallet; a second witness is awaited. Do not send it under another order_id.',
    ],
    operator: [
      '72042 只证明发票在某个卡包中，未必是本订单所插。等下一次核实，或向用户求证后 confirm_inserted。',
      '72042 proves that the invoice lies in some wallet, not that this order put it there. Wait for the next probe, or ask the user and confirm_inserted.',
    ],
  },
  needs_human: {
    merchant: [
      '需要人工核实，请联系开票平台运营。',
      'A person must look at it; contact the operators of the platform.',
    ],
    operator: [
      '查看 attempts、evidence 与 allowed_acts，向用户求证后处理。',
      'Read attempts, evidence and allowed_acts, ask the user, and settle it.',
    ],
  },
  inserted: {
    merchant: ['已插入用户卡包。', 'Inserted into the user’s wallet.'],
    operator: ['已插卡，卡券号已知，无需处理。', 'It has its card and the code is known: nothing to do.'],
  },
  refused: {
    merchant: [
      '微信拒绝了此订单的数据，未插卡，用户的授权仍有效。请把 reason 所指的数据改正后交平台运营重插；或取新订单号重新授权，提交时 replaces 填本订单号。',
      'WeChat refused the data; there is no card, and the authorisation is unused. Give the platform’s operators the mended data to re-insert; or have a new order_id authorised and post it with replaces naming this one.',
    ],
    operator: [
      '数据被拒，未插卡。改正后用 POST …/reinsertions 带 changes 重插。',
      'The data were refused; there is no card. Re-insert with the mended data as changes (POST …/reinsertions).',
    ],
  },
  rejected: {
    merchant: [
      '此订单已在微信侧拒绝开票，请用新订单号重新授权。',
      'The order is dead at WeChat; take a new order_id and a new authorisation.',
    ],
    operator: [
      '该 order_id 已作废，不能重插；商户须用新 order_id 重新授权。',
      'This order_id is dead and cannot be re-inserted; the merchant needs a new one and a new authorisation.',
    ],
  },
  cancelled: {
    merchant: ['已冲红。', 'Cancelled (冲红).'],
    operator: ['已冲红，卡券在微信侧已作废，无需处理。', 'Cancelled, at WeChat too: nothing to do.'],
  },
};

/** A card exists, and nobody here has read its code. */
export const CARD_CODE_UNKNOWN: Guidance = {
  merchant: [
    '已插入用户卡包，但卡券号未知：在得知卡券号之前不能冲红。请勿重发。',
    'Inserted into the user’s wallet, but the card’s code is not known: it cannot be cancelled until it is. Do not send again.',
  ],
  operator: [
    '卡券已存在，但卡券号随答复丢失。微信推送可能补齐；否则请用户在发票详情页读出卡券号，用 confirm_inserted 带 card_code 录入。',
    'The card exists, its code was lost with an answer. A push may bring it; else have the user read it from the card and enter it: confirm_inserted with card_code.',
  ],
};
