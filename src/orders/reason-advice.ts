import { Guidance } from './guidance';

/** Reasons that say more than their state, but for `wechat_<errcode>`: those stand with their errcodes. */
export const BY_REASON: Readonly<Record<string, Guidance>> = {
  in_doubt: {
    merchant: [
      '微信没有给出明确答复，且此账号不自动核实。请等待运营处理，勿换订单号重发。',
      'WeChat gave no clear answer, and this account is not probed by itself. Wait for the operators; do not send it under another order_id.',
    ],
    operator: [
      'IN_DOUBT_POLICY=manual：不会自动再发。请向用户求证：有卡则 confirm_inserted，确无则由两人 confirm_not_inserted。',
      'IN_DOUBT_POLICY=manual: nothing is sent again by itself. Ask the user: confirm_inserted if there is a card, else two people confirm_not_inserted.',
    ],
  },
  probes_exhausted: {
    merchant: [
      '多次核实仍没有明确答复，卡券可能已存在。运营会向用户求证，请勿换订单号重发。',
      'Several probes brought no clear answer; a card may exist. Operators ask the user; do not send it under another order_id.',
    ],
    operator: [
      '自动核实次数已用尽。请用 question 向用户求证，再 confirm_inserted 或（两人）confirm_not_inserted。',
      'The probes are used up. Put `question` to the user, then confirm_inserted or, by two people, confirm_not_inserted.',
    ],
  },
  doubt_aged: {
    merchant: [
      '存疑已超过 24 小时，停止自动核实。运营会向用户求证，请勿换订单号重发。',
      'The doubt is older than 24 hours and no longer probed. Operators ask the user; do not send it under another order_id.',
    ],
    operator: [
      '存疑超过 24 小时，再核实已无把握（可能曾长时间停机）。请用 question 向用户求证后处理。',
      'The doubt outlived 24 hours, perhaps by an outage; another probe would prove little. Put `question` to the user and settle it.',
    ],
  },
  crashed_repeatedly: {
    merchant: [
      '处理此订单时服务多次异常退出，已暂停处理。请联系开票平台运营。',
      'The service crashed several times over this order and has stopped. Contact the operators of the platform.',
    ],
    operator: [
      '此订单三次使 worker 崩溃。先查日志与内存，修复后再重插；若有存疑先向用户求证。',
      'This order crashed its worker three times. Look at logs and memory and mend that first, then re-insert; if it is doubtful, ask the user before.',
    ],
  },
  write_ahead_refused: {
    merchant: [
      '服务内部错误：此订单的发送记录无法写入，未向微信发送任何请求。请联系开票平台运营。',
      'An internal fault: this attempt could not be written down, so nothing was sent to WeChat. Contact the operators of the platform.',
    ],
    operator: [
      '数据库拒绝写入此次发送记录（见日志），未发送任何请求。先排除数据库的原因，再重插。',
      'The database refused to write this attempt down (see the log); nothing was sent. Mend the cause in the database, then re-insert.',
    ],
  },
  unknown_answer: {
    merchant: [
      '微信给出了未公布的答复，无法判断卡券是否存在。运营会核实，请勿换订单号重发。',
      'WeChat gave an answer nobody has published; whether a card exists is unknown. Operators look into it; do not send it under another order_id.',
    ],
    operator: [
      '存疑后又收到未公布的错误码：凭最后一次 attempt 的 errcode 与 hint 询问微信，并向用户求证。',
      'After a doubt came an errcode nobody has published: ask WeChat with the last attempt’s errcode and hint, and ask the user.',
    ],
  },
  inserted_before_restore: {
    merchant: [
      '数据库恢复前此订单已插卡，卡券在用户卡包中；卡号未知，可从报表或推送补回。请勿换订单号重发。',
      'This order got its card before the database was restored; the card is in the wallet and its code is not known. Do not send it under another order_id.',
    ],
    operator: [
      '恢复后重新提交的订单，微信称其已插卡，视为本系统在丢失的时段内插入。如有疑问用 question 向用户求证；卡号可用 confirm_inserted 补录。',
      'Posted again after a restore; WeChat says it was used, so it was inserted in the time that was lost. If in doubt put `question` to the user; add the code with confirm_inserted.',
    ],
  },
  order_consumed_elsewhere: {
    merchant: [
      '微信称此 order_id 已用于插卡，但不是由本系统发出的。请核对订单号是否重复使用。',
      'WeChat says this order_id has been used for a card, not by us. Check whether the order_id is used twice.',
    ],
    operator: [
      '72056 而本系统从未发送过：查是否有其他系统以同一账号插卡。若卡确为此订单的，confirm_inserted；否则 abandon 并换新 order_id。',
      '72056 although nothing was sent from here: find the other system that inserts for this account. confirm_inserted if the card is this order’s, else abandon and take a new order_id.',
    ],
  },
  invoice_in_a_wallet: {
    merchant: [
      '微信称此发票已在某个卡包中。请核对发票是否已由其他渠道插入。',
      'WeChat says the invoice lies in some wallet already. Check whether another channel inserted it.',
    ],
    operator: [
      '72042 而本系统从未发送过：发票可能由用户自己或其他渠道放入卡包，也可能号码填错。核对号码；无须再插则 abandon。',
      '72042 although nothing was sent from here: the user or another channel put it there, or the number is wrong. Compare the number; abandon if no insert is needed.',
    ],
  },
  card_code_in_use: {
    merchant: [
      '微信返回的卡券号属于另一订单，无法采信，需人工核实。',
      'WeChat answered with the card code of another order; it cannot be believed, a person must look.',
    ],
    operator: [
      '答复中的卡券号已属另一订单（见 evidence）。请两位用户各自读出卡券号，再 confirm_inserted 带正确的 card_code。',
      'The code answered is already another order’s (see evidence). Have both users read theirs, then confirm_inserted with the right card_code.',
    ],
  },
  contradiction: {
    merchant: [
      '先有不明确的结果，后又被拒绝，无法判断卡券是否存在。请询问用户卡包中是否有此发票。',
      'An unclear answer was followed by a refusal; whether a card exists is unknown. Ask the user.',
    ],
    operator: [
      '拒绝只说明最后一次未插卡，不能否定先前存疑的一次（发票已在卡包中时微信也会拒绝）。用 question 向用户求证后处理。',
      'The refusal speaks of the last attempt only, not of the doubtful one before; WeChat refuses invoices that lie in a wallet, too. Put `question` to the user and settle it.',
    ],
  },
  retries_exhausted: {
    merchant: [
      '多次重试均失败，未插卡。运营处理后会重插，请勿换订单号重发。',
      'Every retry failed; there is no card. Operators will re-insert it; do not send it under another order_id.',
    ],
    operator: [
      '每次都确定未执行，可放心重插。先看 attempts 中的失败原因（网络、微信繁忙、模板未生效）是否已消除。',
      'Each try is known not to have been executed, so re-inserting is safe. See first that what failed (network, WeChat busy, template) is over.',
    ],
  },
  media_gone: {
    merchant: ['上传的 PDF 在微信侧两次失效，未插卡。', 'The uploaded PDF vanished at WeChat twice; there is no card.'],
    operator: [
      '重传后媒体仍失效：核对上传与插卡是否用同一账号，再重插；多次如此请带 hint 询问微信。',
      'The upload vanished again: see that upload and insert use one account, then re-insert; if it goes on, ask WeChat with the hint.',
    ],
  },
  sealed_value_lost: {
    merchant: [
      '保存的个人数据（抬头、地址等）无法解密，未向微信发送任何请求。请联系开票平台运营，并准备好原数据。',
      'The stored personal data (title, address …) cannot be opened; nothing was sent to WeChat. Contact the operators of the platform with the data at hand.',
    ],
    operator: [
      '此订单的加密数据已损坏或其密钥遗失（日志有密钥 id）。从备份恢复该行，或给出该密钥并重启后重插；或用重插的 changes 给出完整的 invoice。',
      'The order’s sealed data are damaged or their key is lost (the log has its id). Restore the row from a backup, or give the key, restart and re-insert; or re-insert with the whole invoice in changes.',
    ],
  },
  stored_pdf_damaged: {
    merchant: [
      '保存的 PDF 与受理时的摘要不符，未上传。请联系运维。',
      'The stored PDF differs from its digest; it was not uploaded. Contact the operators.',
    ],
    operator: [
      '存储的 PDF 与受理时的 sha256 不符：检查磁盘与备份，用重插的 changes 换上原文件。',
      'The stored PDF no longer has the sha256 it was accepted with: check disks and backups, and bring the original with a re-insertion’s changes.',
    ],
  },
  authorization_missing: {
    merchant: ['用户在期限内没有授权，未插卡。', 'The user did not authorise in time; there is no card.'],
    operator: [
      '授权期限（AUTHORIZATION_DEADLINE）已过，未插卡。用户后来授权的，重插即可。',
      'AUTHORIZATION_DEADLINE passed; there is no card. If the user has authorised since, re-insert.',
    ],
  },
  pdf_too_large_for_wechat: {
    merchant: [
      'PDF 过大，被微信网关拒绝，未插卡。请压缩到 2 MB 以内。',
      'The PDF is too large for WeChat’s gateway; there is no card. Bring it below 2 MB.',
    ],
    operator: [
      '微信网关答 413。请商户提供更小的 PDF，用重插的 changes 换上。',
      'WeChat’s gateway answered 413. Have the merchant give a smaller PDF and bring it with a re-insertion’s changes.',
    ],
  },
  pdf_contradicts: {
    merchant: [
      'PDF 与订单不一致（见 faults），未上传也未插卡，用户的授权仍有效。请把正确的数据或 PDF 交平台运营重插；或取新订单号重新授权，提交时 replaces 填本订单号。',
      'PDF and order differ (see faults); nothing was sent and the user’s authorisation is unused. Give the platform’s operators the right data or PDF to re-insert; or have a new order_id authorised and post it with replaces naming this one.',
    ],
    operator: [
      '完整检查发现 PDF 与订单数据不一致，未发送任何内容。请商户指出哪一方有误，用重插的 changes 换上。',
      'The full check found that PDF and data differ; nothing was sent. Have the merchant say which is right and bring it with a re-insertion’s changes.',
    ],
  },
  pdf_unsafe: {
    merchant: [
      'PDF 含有发票不应有的内容（见 faults），未上传也未插卡。请换用原始文件。',
      'The PDF holds what no invoice does (see faults); nothing was sent. Use the file as issued.',
    ],
    operator: [
      'PDF 含脚本、附件等内容，未发送。勿在本机打开该文件；请商户提供税务平台下载的原件，用重插的 changes 换上。',
      'The PDF holds scripts, attachments or the like; nothing was sent. Do not open it; have the merchant give the file as issued and bring it with a re-insertion’s changes.',
    ],
  },
  rejected_at_wechat: {
    merchant: [
      '微信的授权查询显示此订单已拒绝开票。请用新订单号重新授权。',
      'WeChat’s authorisation data say that this order was rejected. Take a new order_id and a new authorisation.',
    ],
    operator: [
      'getauthdata 答“已拒绝”：有人在别处对此 order_id 调过 rejectinsert。不能重插。',
      'getauthdata says rejected: somebody called rejectinsert for this order_id elsewhere. It cannot be re-inserted.',
    ],
  },
  rejected_by_merchant: {
    merchant: [
      '您已拒绝为此订单开票。如需再开，请用新订单号重新授权。',
      'You have rejected this order’s invoice. To issue after all, take a new order_id and a new authorisation.',
    ],
    operator: [
      '商户经本服务调用了 rejectinsert，微信侧此 order_id 已作废，无需处理。',
      'The merchant called rejectinsert through this service; the order_id is dead at WeChat. Nothing to do.',
    ],
  },
  abandoned: {
    merchant: [
      '运营已放弃此订单。若先前曾存疑，卡券是否存在并不确定：换订单号重发前请先询问用户。',
      'Operators gave this order up. If it had been doubtful, whether a card exists stays unknown: ask the user before sending it under another order_id.',
    ],
    operator: [
      '已由人放弃，见 resolutions。若有 doubt，请先确认卡包中没有此发票，再让商户换 order_id。',
      'Given up by a person, see resolutions. If it was doubtful, make sure that the wallet lacks this invoice before the merchant takes a new order_id.',
    ],
  },
};
