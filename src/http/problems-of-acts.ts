/** Why an operator's act is refused. */
export const PROBLEMS_OF_ACTS = {
  order_inserted: [
    409,
    '此订单已插卡，不能再插；如需更换请先冲红，再用新订单号',
    'The order has its card; cancel it (冲红) and take a new order_id instead',
  ],
  order_in_doubt: [
    409,
    '此订单可能已有卡券，重插会产生风险；请先用 resolutions 核实',
    'A card may exist for this order; settle the doubt with a resolution first',
  ],
  order_content_kept: [
    409,
    '此订单曾有疑问，内容不能再改；可原样重插，或冲红后用新订单号重开',
    'The order was in doubt once, so its content stays; begin it anew as it is, or take a new order_id',
  ],
  order_not_in_doubt: [409, '此订单没有疑问可核实', 'There is no doubt about this order to settle'],
  order_under_way: [409, '此订单正在处理中，请稍后再试', 'The order is on its way; try again later'],
  order_ended: [409, '此订单已终结，不能再变更', 'The order has come to its end and cannot be changed'],
  order_changed: [
    412,
    '订单已变化，请刷新后再操作',
    'The order has changed since you looked; look again before you act',
  ],
  card_code_in_use: [409, '此卡券号属于另一订单，请核对', 'This card code belongs to another order; check it'],
  second_person_needed: [
    409,
    '此操作需要两个人确认，请由另一位审批员提交同样的请求',
    'Two people must agree; let another approver send the same request',
  ],
  second_person_dependent: [
    409,
    '密钥由对方（或同一人）在 24 小时内创建的两位操作员暂算一人，请由另一位审批员确认',
    'Two operators of whom one made the other’s key within 24 hours, or a third made both, count as one; let another approver agree',
  ],
  requester_revoked: [
    409,
    '提出者的密钥已被吊销，不再算一人；请重新提出',
    'The key of whoever asked for it is revoked and counts no more; ask for it anew',
  ],
  evidence_of_card: [
    409,
    '已有证据表明此订单有卡券，不能判定为没有；请核对证据后用 confirm_inserted 或 abandon',
    'Evidence says that there is a card, so it cannot be denied; look at it, then confirm_inserted or abandon',
  ],
  quiet_period: [
    409,
    '最后一次插卡结束不久，请求可能仍在途中，请等静默期过后再确认',
    'The latest attempt ended only now and may still take effect; wait until the quiet period is over',
  ],
  bulk_empty: [422, '没有符合条件且可重插的订单', 'No order of that filter may be begun anew'],
  bulk_too_large: [
    422,
    '符合条件的订单超过 10000 个，请缩小范围分批进行',
    'The filter takes more than 10000 orders; narrow it and go on in parts',
  ],
  bulk_approved: [409, '此批量重插已经批准', 'This bulk was approved already'],
  bulk_not_waiting: [409, '此批量重插不需要批准', 'This bulk does not wait for an approval'],
  bulk_ended: [409, '此批量重插已结束', 'This bulk has ended'],
  operator_exists: [409, '已有同名操作员', 'An operator of that name exists'],
} as const;
